import type { Db, Queryable } from '../../runtime/db/index.ts';
import { newSecret } from '../../runtime/envelope.ts';
import { kindOf } from './kinds.ts';
import { openedMembers, sealedMembers, type Sealed, type Secret } from '../sealed.ts';
import type { Entry, Stage, Workflow } from './workflow.ts';

/** A workflow in the hands of this process. */
export interface Held<Memory = unknown> {
  readonly workflow: Workflow<Memory>;
  /** By `performance.now()`: until when nobody else takes it. */
  readonly leaseEnds: number;
  /** By which what it remembers is stored; null where it was destroyed. */
  readonly secret: Secret;
}

/** A workflow to be started. */
export interface Draft extends Pick<
  Workflow,
  | 'id'
  | 'kind'
  | 'entity'
  | 'entityId'
  | 'stage'
  | 'memory'
  | 'requestedBy'
  | 'reason'
  | 'correlationId'
  | 'traceparent'
> {
  readonly subject: string;
  readonly key: string;
  readonly hash: string;
}

/** `OPEN`: another one of its kind is under way for the entity. `REUSED`: the key was used for something else. */
export interface Started {
  readonly id: string;
  readonly outcome: 'STARTED' | 'REPLAYED' | 'REUSED' | 'OPEN';
}

/** What is to be stored of a held workflow. */
export interface Settlement {
  readonly workflow: Workflow;
  readonly entries: readonly Entry[];
  /** Milliseconds for which it is let go of, or until it is woken; null keeps it, or is over with it. */
  readonly wait: number | null;
  /** A gate that only one passes at a time, and how often it had been passed when this was decided. */
  readonly gate?: { readonly name: string; readonly seen: string };
}

/** `AGAIN`: another one has passed the gate, nothing was stored. `LOST`: another worker holds it by now, nothing was stored. */
export type Settled =
  'AGAIN' | 'LOST' | { readonly leaseEnds: number; readonly cancelling: Workflow['cancelling'] };

/** What a person has decided. */
export interface Decision {
  readonly workflow: Workflow;
  /** At least one. */
  readonly entries: readonly Entry[];
  readonly key: string | null;
  readonly hash: string | null;
}

/** `CHANGED`: it is no longer as it was seen, and nothing was stored. */
export type Decided = 'DONE' | 'REPLAYED' | 'REUSED' | 'CHANGED';

/**
 * The durable record of workflows. Each call is one statement, in the transaction of a caller where one is given; for what
 * nobody holds another one asks for the secret by which what is remembered is stored.
 */
export interface Store {
  start(draft: Draft, entries: readonly Entry[], tx?: Queryable): Promise<Started>;
  /** What was started under a key; null where nothing was. */
  started(
    subject: string,
    key: string,
    hash: string,
  ): Promise<{ readonly id: string; readonly same: boolean } | null>;
  /** Takes up workflows that are due. */
  claim(most: number): Promise<readonly Held[]>;
  settle(held: Held, settlement: Settlement, tx?: Queryable): Promise<Settled>;
  decide(seen: Workflow, decision: Decision, tx?: Queryable): Promise<Decided>;
  /** Whether this was sent before under the key; null where nothing was. */
  answered(id: string, key: string, hash: string): Promise<'REPLAYED' | 'REUSED' | null>;
  /** False where it is over, has gone too far, or is being cancelled already. */
  cancel(
    id: string,
    tooFar: readonly Stage[],
    wish: Workflow['cancelling'],
    entries: readonly Entry[],
    tx?: Queryable,
  ): Promise<boolean>;
  wake(ids: readonly string[], tx?: Queryable): Promise<void>;
  /** How often a gate has been passed. */
  passed(gate: string): Promise<string>;
  /** Lets go of what a process of an embedded store held when it ended: nobody else can. */
  recover(): Promise<void>;
}

export interface StoreOptions {
  readonly db: Db;
  /** A UUID of this process. */
  readonly worker: string;
  /** Milliseconds for which a workflow is held without a word from its worker. */
  readonly lease: number;
}

/** Workflows in a store that has the migrations of coordination. */
export function storeIn({ db, worker, lease }: StoreOptions): Store {
  const leased = `${lease} milliseconds`;
  async function only<Value>(
    sql: string,
    parameters: readonly unknown[],
    on: Queryable = db,
  ): Promise<Value> {
    const [row] = await on.query<{ value: Value }>(`select ${sql} as value`, parameters);
    if (!row) throw new Error('a statement that gives one row gave none');
    return row.value;
  }

  /** What is to be remembered, as it is stored: only with the secret of its entity can it be read. */
  async function kept(of: Remembering, tx?: Queryable, known: Secret = null): Promise<unknown> {
    if (!kindOf(of).hasValues) return of.memory;
    return sealedMembers(of.memory as object, known ?? (await secretOf(of, tx)));
  }

  /** What comes after its secret was destroyed is stored so that nobody can read it. */
  async function secretOf({ entityId }: Remembering, tx?: Queryable): Promise<string> {
    const fresh = newSecret();
    return (await only<Secret>('coordination_secret($1, $2)', [entityId, fresh], tx)) ?? fresh;
  }

  return {
    async start(draft, entries, tx) {
      const row = { ...rowOf(draft), memory: await kept(draft, tx) };
      return only('coordination_workflow_start($1, $2)', [row, JSON.stringify(entries)], tx);
    },

    async started(subject, key, hash) {
      const [row] = await db.query<{ id: string; same: boolean }>(
        'select id, body_hash = $3 as same from coordination_workflow where subject = $1 and idempotency_key = $2',
        [subject, key, hash],
      );
      return row ?? null;
    },

    async claim(most) {
      const asked = performance.now();
      const rows = await db.query<{ workflow: Sealed<Workflow> }>(
        'select coordination_workflow_claim($1, $2, $3) as workflow',
        [worker, most, leased],
      );
      return rows.map(({ workflow }) => ({
        workflow: openedWorkflow(workflow),
        leaseEnds: asked + lease,
        secret: workflow.secret,
      }));
    },

    async settle(held, { workflow, entries, wait, gate }, tx) {
      const asked = performance.now();
      const { id, state, stage } = workflow;
      const memory = await kept(workflow, tx, held.secret);
      const settled = await only<{ again: boolean; cancelling: Workflow['cancelling'] } | null>(
        'coordination_workflow_settle($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
        [
          ...[id, held.workflow.epoch, state, stage, JSON.stringify(memory), wait, leased],
          ...[JSON.stringify(entries), gate?.name ?? null, gate?.seen ?? null],
        ],
        tx,
      );
      if (settled === null) return 'LOST';
      return settled.again ? 'AGAIN' : { leaseEnds: asked + lease, cancelling: settled.cancelling };
    },

    async decide(seen, { workflow, entries, key, hash }, tx) {
      const memory = JSON.stringify(await kept(workflow, tx));
      return only(
        'coordination_workflow_decide($1, $2, $3, $4, $5, $6, $7, $8)',
        [
          ...[seen.id, seen.epoch, workflow.state, workflow.stage, memory],
          ...[JSON.stringify(entries), key, hash],
        ],
        tx,
      );
    },

    async answered(id, key, hash) {
      const [row] = await db.query<{ same: boolean }>(
        `select body_hash = $3 as same from coordination_workflow_event where workflow_id = $1 and idempotency_key = $2`,
        [id, key, hash],
      );
      return row ? (row.same ? 'REPLAYED' : 'REUSED') : null;
    },

    cancel: (id, tooFar, wish, entries, tx) =>
      only('coordination_workflow_cancel($1, $2, $3, $4)', [id, tooFar, wish, JSON.stringify(entries)], tx),

    async wake(ids, tx = db) {
      await tx.query('select coordination_workflow_wake($1)', [ids]);
    },

    async passed(gate) {
      const [row] = await db.query<{ passed: string }>(
        'select passed from coordination_workflow_gate where kind = $1',
        [gate],
      );
      return row?.passed ?? '0';
    },

    async recover() {
      if (db.kind === 'pglite')
        await db.query(
          `update coordination_workflow set due = clock_timestamp()
           where worker is not null and state in ('RUNNING', 'PARKED')`,
        );
    },
  };
}

type Remembering = Pick<Workflow, 'kind' | 'entityId' | 'memory'>;

/** A workflow as it was before it was stored; without the secret, it remembers nothing. */
export function openedWorkflow<Of extends Workflow>({
  secret,
  ...workflow
}: Sealed<Of>): Omit<Sealed<Of>, 'secret'> {
  const { memory } = workflow;
  return { ...workflow, memory: memory && openedMembers(memory, secret) };
}

function rowOf(draft: Draft): object {
  const { id, kind, entity, entityId, stage, subject, key, hash } = draft;
  const { requestedBy, reason, correlationId, traceparent } = draft;
  return {
    ...{ id, kind, entity, entityId, stage, subject, key, hash },
    request: { requestedBy, reason, correlationId, traceparent },
  };
}
