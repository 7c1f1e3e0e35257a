import { entryOf, record, type AuditEntry } from '../audit/index.ts';
import { digest } from '../runtime/canonical.ts';
import type { Db, Queryable } from '../runtime/db/index.ts';
import type { RequestContext } from '../runtime/context.ts';
import type { Rows, RowsOf } from '../runtime/rows.ts';
import { approved, assigned, decided, declined, type Actor, type Asked, type Moved } from './decide.ts';
import type { StoredItem } from './item.ts';
import { find, hold, move } from './items.ts';
import { keyReused, unknownItem, type Refusal } from './refusal.ts';

/** What came of something that somebody did about an item. */
export interface Done {
  /** As it is now; null where there is none. */
  readonly item: StoredItem | null;
  readonly refusals: readonly Refusal[];
  /** Whether it was done before under the same key. */
  readonly replayed: boolean;
}

/** What people do about items; each is one transaction. */
export interface Queue {
  assign(
    id: string,
    asked: { readonly assignee: string | null; readonly takeOver: boolean },
    context: RequestContext,
  ): Promise<Done>;
  /** The same key of a subject is one decision, however often it comes. */
  decide(id: string, asked: Asked, key: string, context: RequestContext): Promise<Done>;
  approve(id: string, context: RequestContext): Promise<Done>;
  decline(id: string, reason: string | null, context: RequestContext): Promise<Done>;
}

/** Where those who continue are told that something was decided. */
export const decidedChannel = 'steward_decided';

export interface QueueOptions {
  readonly db: Db;
  /** Whose items somebody sees. */
  readonly rowsOf: RowsOf;
  /** Told that something was decided here: it can be continued at once. */
  readonly told: () => Promise<void>;
}

export function queueIn({ db, rowsOf, told }: QueueOptions): Queue {
  /** Whoever may not do something learns nothing by trying. */
  const shownTo = ({ code }: Refusal, id: string, rows: Rows) =>
    code === 'NOT_PERMITTED' ? Promise.resolve(null) : find(db, id, rows);

  /** Nobody else decides about the item meanwhile. */
  async function change(id: string, context: RequestContext, act: Act): Promise<Done> {
    const rows = rowsOf(context);
    const actor = { principal: context.principal, at: new Date().toISOString() };
    const result = await db.transaction(async (tx) => {
      const item = await hold(tx, id, rows);
      if (!item) return unknownItem;
      const moved = await act.become(item, actor, tx);
      if (moved === 'REPLAYED' || 'code' in moved) return moved;
      await move(tx, id, moved);
      await record(tx, [auditOf(item, moved, act, context)]);
      if (moved.state === 'DECIDED') await tx.query('select pg_notify($1, $2)', [decidedChannel, item.kind]);
      return moved;
    });
    if (result !== 'REPLAYED' && 'code' in result)
      return { item: await shownTo(result, id, rows), refusals: [result], replayed: false };
    if (result === 'REPLAYED' || result.state === 'DECIDED') await told();
    return { item: await find(db, id, rows), refusals: [], replayed: result === 'REPLAYED' };
  }

  return {
    assign: (id, asked, context) =>
      change(id, context, {
        ...{ operation: 'assignWorkItem', outcome: 'ASSIGN' },
        become: (item, actor) => assigned(item, asked, actor),
      }),
    approve: (id, context) =>
      change(id, context, { operation: 'approveDecision', outcome: 'APPROVE', become: approved }),
    decline: (id, reason, context) =>
      change(id, context, {
        ...{ operation: 'declineDecision', outcome: 'DECLINE' },
        become: (item, actor) => declined(item, reason, actor),
      }),

    decide(id, asked, key, context) {
      const hash = digest({ id, ...asked });
      const { subject } = context.principal;
      return change(id, context, {
        ...{ operation: 'decideWorkItem', outcome: asked.decision },
        async become(item, actor, tx) {
          const known = await knownHash(tx, subject, key);
          if (known !== null) return known === hash ? 'REPLAYED' : keyReused;
          const moved = decided(item, asked, actor);
          if ('code' in moved) return moved;
          // The same decision waits for the item; what takes the key meanwhile is another one.
          return (await keep(tx, subject, key, hash, id)) ? moved : keyReused;
        },
      });
    },
  };
}

/** Something that somebody does about an item. */
interface Act {
  /** The mutation by which it is done. */
  readonly operation: string;
  readonly outcome: string;
  /** Pure but for what it keeps in the transaction. */
  readonly become: (item: StoredItem, actor: Actor, tx: Queryable) => Became | Promise<Became>;
}

type Became = Moved | Refusal | 'REPLAYED';

/** What the audit is told of it. */
function auditOf(
  { id, entity, entityIds, evidence }: StoredItem,
  { event }: Moved,
  { operation, outcome }: Act,
  context: RequestContext,
): AuditEntry {
  const [only = null, ...others] = entityIds;
  return entryOf(context, {
    ...{ action: 'DECISION', operation, outcome, reason: event.reason ?? null, entity },
    entityId: others.length === 0 ? only : null,
    attributes: evidence.attributes ?? [],
    receipt: { kind: 'WORK_ITEM', id },
  });
}

async function knownHash(tx: Queryable, subject: string, key: string): Promise<string | null> {
  const [row] = await tx.query<{ hash: string }>(
    'select body_hash as hash from steward_decision where subject = $1 and idempotency_key = $2',
    [subject, key],
  );
  return row?.hash ?? null;
}

async function keep(tx: Queryable, subject: string, key: string, hash: string, id: string): Promise<boolean> {
  const rows = await tx.query(
    `insert into steward_decision (subject, idempotency_key, body_hash, item_id) values ($1, $2, $3, $4)
     on conflict do nothing returning item_id`,
    [subject, key, hash, id],
  );
  return rows.length > 0;
}
