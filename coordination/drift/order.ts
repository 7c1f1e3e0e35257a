import { randomUUID } from 'node:crypto';
import { newMemo } from '../../runtime/context.ts';
import type { Db, Queryable } from '../../runtime/db/index.ts';
import type { EntityName, SystemName } from '../../schema/generated/contracts.ts';
import { journalIn, type Draft } from '../journal.ts';
import { orderedDraft } from '../ordered.ts';
import type { Examined, Participant } from '../participant.ts';
import { governed } from '../plan.ts';
import { checkValues } from '../rules/index.ts';
import type { Lane } from '../write.ts';
import type { Copy } from './compare.ts';
import { storeTime } from './look.ts';
import { suspect } from './suspects.ts';

export interface OrdersOptions {
  readonly db: Db;
  readonly participants: ReadonlyMap<SystemName, Participant>;
  /** Milliseconds for one call to a system. */
  readonly callTimeout: number;
  /** Begins with what was ordered. */
  readonly look: () => void;
}

/** Who has something ordered, and why. */
export interface By {
  /** The same key is one order, however often it is given. */
  readonly key: string;
  readonly requestedBy: string;
  readonly reason: string;
  readonly operation?: string;
  readonly lane: Lane;
}

/**
 * What came of an order. GONE: there is no such difference any more. BUSY: a write is in flight, or somebody cannot be
 * reached; come again. REFUSED: the owner would not take the value.
 */
export type OrderOutcome = 'ORDERED' | 'GONE' | 'BUSY' | 'REFUSED';

/** Puts differences right by ordinary writes, which are carried out, audited and shown as all others are. */
export interface Orders {
  /** Writes the owner's value to the copy. */
  repair(entity: EntityName, copy: Copy, by: By): Promise<OrderOutcome>;
  /** Writes the copy's value to the owner, and from there to all copies; who must approve of that, does. */
  adopt(entity: EntityName, copy: Copy, by: By): Promise<OrderOutcome>;
}

/** In whose name these writes are accepted: their keys are no caller's. */
const subject = 'coordination/drift';
/** Milliseconds after which it is looked at what came of a write. */
const afterwards = 1_000;

export function ordersIn({ db, participants, callTimeout, look }: OrdersOptions): Orders {
  /** What a system has of an attribute; null where it cannot be asked. */
  async function present(
    system: SystemName,
    kind: 'OWNER' | 'COPY',
    of: {
      readonly entity: EntityName;
      readonly entityId: string;
      readonly changes: Draft['steps'][0]['changes'];
    },
    correlationId: string,
  ): Promise<Examined | null> {
    const call = { correlationId, traceparent: null, timeout: callTimeout, memo: newMemo() };
    const examined = await participants
      .get(system)
      ?.examine({ ...of, kind, validate: kind === 'OWNER' }, call);
    return examined && !examined.unreachable ? examined : null;
  }

  /** Stores the write, where nothing has come between since what it writes was read. */
  async function accept(draft: Draft, copy: Copy, since: string): Promise<OrderOutcome> {
    const outcome = await db.transaction(async (tx): Promise<OrderOutcome> => {
      if (!(await hold(tx, copy))) return 'GONE';
      if (!(await isSettled(tx, copy, since))) return 'BUSY';
      const journal = journalIn({
        db: { kind: db.kind, query: (...asked) => tx.query(...asked) },
        ...nobody,
      });
      const accepted = await journal.accept(draft, null, false);
      await tx.query(
        `update coordination_drift set state = 'ORDERED', write_id = $4::uuid
         where entity_id = $1 and system = $2 and attribute = $3`,
        [...columns(copy), 'replayed' in accepted ? accepted.id : draft.id],
      );
      await suspect(tx, draft.entity as EntityName, [copy], afterwards);
      return 'ORDERED';
    });
    if (outcome === 'ORDERED') look();
    return outcome;
  }

  return {
    async repair(entity, copy, { lane, ...by }) {
      const { entityId, system, attribute } = copy;
      const owner = governed(entity, attribute)?.owner;
      if (owner === undefined) return 'GONE';
      const [since, correlationId] = [await storeTime(db), randomUUID()];
      const examined = await present(
        owner,
        'OWNER',
        { entity, entityId, changes: { [attribute]: null } },
        correlationId,
      );
      if (examined === null) return 'BUSY';
      if (examined.found === null) return 'GONE';
      const changes = { [attribute]: examined.found.values[attribute] ?? null };
      const draft = orderedDraft({
        ...{ ...by, entity, entityId, lane, subject, correlationId, traceparent: null, mode: 'EACH' },
        hash: by.key,
        steps: [{ system, kind: 'COPY', changes }],
      });
      // Behind the copies that are on their way already.
      return accept({ ...draft, queue: `${entityId}/${system}` }, copy, since);
    },

    async adopt(entity, copy, { lane, ...by }) {
      const { entityId, system, attribute } = copy;
      const known = governed(entity, attribute);
      if (known === undefined) return 'GONE';
      const [since, correlationId] = [await storeTime(db), randomUUID()];
      const keeping = await present(
        system,
        'COPY',
        { entity, entityId, changes: { [attribute]: null } },
        correlationId,
      );
      if (keeping === null) return 'BUSY';
      if (keeping.found === null) return 'GONE';
      const given = { [attribute]: keeping.found.values[attribute] ?? null };
      const { values: changes, refusals } = checkValues(entity, given);
      if (refusals.length > 0) return 'REFUSED';
      const owner = known.owner;
      const owning = await present(owner, 'OWNER', { entity, entityId, changes }, correlationId);
      if (owning === null) return 'BUSY';
      if (owning.found === null) return 'GONE';
      if (owning.found.refusals.length > 0) return 'REFUSED';
      const draft = orderedDraft({
        ...{ ...by, entity, entityId, lane, subject, correlationId, traceparent: null, mode: 'ALL' },
        hash: by.key,
        steps: [{ system: owner, kind: 'OWNER', changes }],
      });
      const approve = known.write.approve;
      const state = approve.length > 0 ? 'AWAITING_APPROVAL' : 'PENDING';
      return accept({ ...draft, approve, state }, copy, since);
    },
  };
}

/** It only accepts. */
const nobody = { worker: randomUUID(), lease: 0 };

const columns = ({ entityId, system, attribute }: Copy) => [entityId, system, attribute];

/** From here on no other write enters the entity's queue, and none leaves it; false where there is no difference. */
async function hold(tx: Queryable, copy: Copy): Promise<boolean> {
  await tx.query(
    'insert into coordination_queue (queue, last_number, waiting) values ($1, 0, 0) on conflict do nothing',
    [copy.entityId],
  );
  await tx.query('select from coordination_queue where queue = $1 for update', [copy.entityId]);
  const rows = await tx.query(
    `select from coordination_drift where entity_id = $1 and system = $2 and attribute = $3 for update`,
    columns(copy),
  );
  return rows.length > 0;
}

async function isSettled(tx: Queryable, { entityId, system }: Copy, since: string): Promise<boolean> {
  const [row] = await tx.query<{ settled: boolean }>(
    'select coordination_settled($1, $2, $3::timestamptz) as settled',
    [entityId, system, since],
  );
  return row?.settled === true;
}
