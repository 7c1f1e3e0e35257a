import { storable, type AuditEntry } from '../audit/index.ts';
import type { Draft as Told } from '../events/index.ts';
import type { Db } from '../runtime/db/index.ts';
import { newSecret } from '../runtime/envelope.ts';
import { Failure } from '../runtime/failure.ts';
import { unlessBarred } from './barrier.ts';
import { giveWay } from './giveway.ts';
import { openedWrite, sealedSteps, type Sealed, type Secret } from './sealed.ts';
import { copyOf, requestOf, rowOf, type Draft, type Request, type Stored } from './stored.ts';
import { isOpen, type Lane, type Step, type WriteState } from './write.ts';

export type { Draft, Stored } from './stored.ts';

/** A write in the hands of a worker. */
export interface Held {
  readonly write: Stored;
  /** Milliseconds by which the store's clock is ahead of this process's. */
  readonly ahead: number;
  /** By `performance.now()`: until when nobody else takes it. */
  readonly leaseEnds: number;
  /** By which its values are stored; null where none was made yet. */
  readonly secret: Secret;
}

export type Accepted =
  | { readonly replayed: boolean; readonly id: string }
  /** The write as it is stored now, and, where it was claimed, in whose hands. */
  | { readonly write: Stored; readonly held: Held | null }
  /** Nothing was stored: the customer is becoming one with another, or was. */
  | { readonly barred: true };

/** What became of a held write when it was stored. */
export interface Settled extends Held {
  /** ISO 8601 in UTC; null where it is not over. */
  readonly settledAt: string | null;
  /** Whether another write may be begun that could not be before: the next one of its queue, or a copy. */
  readonly followed: boolean;
}

/** What is to be stored of a held write. */
export interface Settlement {
  readonly state: WriteState;
  /** Those that have changed. */
  readonly steps: readonly Step[];
  /** Systems that are still to be asked. */
  readonly open: readonly string[];
  /** Milliseconds for which it is let go of; null keeps it, or is over with it. */
  readonly wait: number | null;
  readonly copies: readonly Draft[];
  /** What the change feed is told of these steps' effects, and what the audit. */
  readonly told: readonly Told[];
  readonly audited: readonly AuditEntry[];
}

/** The end of a queue, as somebody saw it who reads the records next. */
export interface Lookup {
  /** The write that has the key; `same` where it was asked for in the same words. */
  readonly known: { readonly id: string; readonly same: boolean } | null;
  /** Last number given in the queue; null where writes wait in it, so that what is read now will not hold. */
  readonly seen: string | null;
  /** By which values of this entity are stored; null where there is none. */
  readonly secret: Secret;
}

/** `CHANGED`: it is no longer as it was seen. `BARRED`: its customer is becoming one with another, or was. */
export type Requeued = 'DONE' | 'CHANGED' | 'BARRED';

/** What is to be different about a write that a person decided about, and what the audit is told of that. */
type Amended = Partial<Request>;
type Audited = readonly AuditEntry[];

/**
 * The durable record of writes. Each call is one statement, and so one transaction. Values are stored in envelopes, by a
 * secret of each entity, which is made where there is none: that is another statement.
 */
export interface Journal {
  lookup(lane: Lane, subject: string, key: string, hash: string, queue: string): Promise<Lookup>;
  /**
   * Stores a write, once for each key of a subject; `claim` holds it at once where it is the head of its queue.
   * @param secret of a lookup, where there was one
   * @throws Failure NOT_FOUND where the entity was erased
   */
  accept(draft: Draft, seen: string | null, claim: boolean, secret?: Secret): Promise<Accepted>;
  /** Takes up due writes, at most so many of each lane. */
  claim(most: Readonly<Record<Lane, number>>): Promise<readonly (Held & { readonly takenOver: boolean })[]>;
  /** Null where another worker holds the write by now: nothing was stored then. */
  settle(held: Held, settlement: Settlement): Promise<Settled | null>;
  /** Puts a write back into its queue. */
  requeue(seen: Stored, steps: readonly Step[], amended: Amended, audited: Audited): Promise<Requeued>;
  /** Ends a write that is in nobody's hands; false where it is no longer as it was seen. */
  close(
    seen: Stored,
    state: 'CANCELLED' | 'PARTIAL' | 'FAILED',
    amended: Amended,
    audited: Audited,
  ): Promise<boolean>;
  /** Keeps every process away from a system, at least for so many milliseconds from now. */
  pause(system: string, milliseconds: number): Promise<void>;
  /** Lets go of what a process of an embedded store held when it ended: nobody else can. */
  recover(): Promise<void>;
}

export interface JournalOptions {
  /** A transaction, where what is stored is part of one. */
  readonly db: Pick<Db, 'query' | 'kind'>;
  /** A UUID of this process. */
  readonly worker: string;
  /** Milliseconds for which a write is held without a word from its worker. */
  readonly lease: number;
}

/** The journal in a store that has its migrations. */
export function journalIn({ db, worker, lease }: JournalOptions): Journal {
  const leased = `${lease} milliseconds`;

  const inLane = giveWay();

  /** Somebody in a hurry waits in this queue: what is before him is in a hurry for him. */
  async function hasten(queue: string): Promise<void> {
    await db.query(
      `update coordination_write set lane = 'INTERACTIVE'
       where queue = $1 and lane <> 'INTERACTIVE' and state in ('PENDING', 'RUNNING', 'COMPENSATING')`,
      [queue],
    );
  }

  function held(write: Stored, now: number, asked: number, secret: Secret): Held {
    return { write, ahead: now - Date.now(), leaseEnds: asked + lease, secret };
  }

  /** What comes after its secret was destroyed is stored so that nobody can read it. */
  async function secretOf({ entityId }: Pick<Stored, 'entityId'>): Promise<string> {
    const fresh = newSecret();
    const [row] = await db.query<{ secret: Secret }>('select coordination_secret($1, $2) as secret', [
      entityId,
      fresh,
    ]);
    return row?.secret ?? fresh;
  }

  /** Stores a draft by a secret; gives the right one instead where that is another. */
  async function stored(draft: Draft, secret: string, seen: string | null, claim: boolean) {
    const rows = await inLane(draft.lane, () =>
      unlessBarred(
        db.query<{ accepted: AcceptedRow }>(
          'select coordination_accept_sealed($1, $2, $3, $4, $5) as accepted',
          [
            { ...rowOf(draft), secret },
            JSON.stringify(sealedSteps(draft.steps, secret)),
            seen,
            claim ? worker : null,
            leased,
          ],
        ),
      ),
    );
    if (rows === 'BARRED') return rows;
    const [row] = rows;
    if (!row) throw new Error('a statement that gives one row gave none');
    return row.accepted;
  }

  return {
    async lookup(lane, subject, key, hash, queue) {
      const [row] = await inLane(lane, () =>
        db.query<LookupRow>(
          `select w.id, w.body_hash = $3 as same, q.last_number as last, q.waiting, k.secret from (select) one
           left join coordination_write w on w.subject = $1 and w.idempotency_key = $2
           left join coordination_queue q on q.queue = $4
           left join coordination_key k on k.entity_id = $4`,
          [subject, key, hash, queue],
        ),
      );
      const { id = null, same = null, last = null, waiting = null, secret = null } = row ?? {};
      return {
        secret,
        known: id === null ? null : { id, same: same === true },
        seen: (waiting ?? 0) > 0 ? null : (last ?? '0'),
      };
    },

    async accept(draft, seen, claim, known = null) {
      const asked = performance.now();
      let secret = known ?? newSecret();
      let accepted = await stored(draft, secret, seen, claim);
      while (accepted !== 'BARRED' && 'secret' in accepted) {
        if (accepted.secret === null) throw new Failure('NOT_FOUND', 'The customer was erased.');
        secret = accepted.secret;
        accepted = await stored(draft, secret, seen, claim);
      }
      if (accepted === 'BARRED') return { barred: true };
      if ('replayed' in accepted) return accepted;
      const { now, fresh, claimed, ...given } = accepted;
      const { id, queue, lane, parent } = draft;
      if (claim && !claimed && given.state === 'PENDING') await hasten(queue);
      const steps = fresh ? draft.steps : draft.steps.map(unread);
      // Told as it is read: what a caller is told first is no other than what is told for its key later.
      const write: Stored = { ...requestOf(draft), id, queue, lane, parent, steps, ...given };
      return { write, held: claimed ? held(write, now, asked, secret) : null };
    },

    async claim(most) {
      const asked = performance.now();
      const rows = await db.query<{ claimed: Sealed<Stored & { takenOver: boolean; now: number }> }>(
        'select coordination_claim($1, $2, $3, $4) as claimed',
        [worker, Object.keys(most), Object.values(most), leased],
      );
      return rows.map(({ claimed }) => {
        const { takenOver, now, ...write } = openedWrite(claimed);
        return { ...held(write, now, asked, claimed.secret), takenOver };
      });
    },

    async settle({ write, ahead, ...held }, { state, steps, open, wait, copies, told, audited }) {
      const asked = performance.now();
      const secret = held.secret ?? (await secretOf(write));
      const [row] = await inLane(write.lane, () =>
        db.query<{ settled: Pick<Settled, 'settledAt' | 'followed'> | null }>(
          'select coordination_settle($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as settled',
          [
            write.id,
            write.epoch,
            state,
            JSON.stringify(sealedSteps(steps, secret)),
            open,
            wait,
            leased,
            JSON.stringify(copies.map((copy) => copyOf({ ...copy, steps: sealedSteps(copy.steps, secret) }))),
            JSON.stringify(told),
            storable(audited),
          ],
        ),
      );
      return row?.settled ? { write, ahead, secret, leaseEnds: asked + lease, ...row.settled } : null;
    },

    async requeue(seen, steps, amended, audited) {
      const open = steps.filter(isOpen).map(({ system }) => system);
      const sealed = JSON.stringify(sealedSteps(steps, await secretOf(seen)));
      const rows = await unlessBarred(
        db.query<{ requeued: boolean }>(
          'select coordination_requeue($1, $2, $3, $4, $5, $6, $7) as requeued',
          [seen.id, seen.state, seen.epoch, sealed, open, amended, storable(audited)],
        ),
      );
      if (rows === 'BARRED') return rows;
      return rows[0]?.requeued === true ? 'DONE' : 'CHANGED';
    },

    async close(seen, state, amended, audited) {
      const [row] = await db.query<{ closed: boolean }>(
        'select coordination_close($1, $2, $3, $4, $5, $6) as closed',
        [seen.id, seen.state, seen.epoch, state, amended, storable(audited)],
      );
      return row?.closed === true;
    },

    async pause(system, milliseconds) {
      await db.query(
        `insert into coordination_pressure as p (system, paused_until)
           values ($1, clock_timestamp() + make_interval(secs => $2::double precision / 1000))
         on conflict (system) do update set paused_until = greatest(p.paused_until, excluded.paused_until)`,
        [system, milliseconds],
      );
    },

    async recover() {
      if (db.kind === 'pglite')
        await db.query('update coordination_write set due = clock_timestamp() where worker is not null');
    },
  };
}

interface LookupRow {
  readonly id: string | null;
  readonly same: boolean | null;
  readonly last: string | null;
  readonly waiting: number | null;
  readonly secret: Secret;
}

type AcceptedRow =
  /** The secret to store it by; null where it was destroyed. */
  | { readonly secret: Secret }
  | { readonly replayed: boolean; readonly id: string }
  | (Pick<Stored, 'state' | 'number' | 'epoch' | 'acceptedAt' | 'settledAt'> & {
      /** Whether what was read of the records when it was planned still holds. */
      readonly fresh: boolean;
      readonly claimed: boolean;
      readonly now: number;
    });

/** A step whose record was changed since it was read: it is read again in its turn. */
function unread(step: Step): Step {
  return step.before === null ? step : { ...step, before: null, state: 'READY', versionAfter: null };
}
