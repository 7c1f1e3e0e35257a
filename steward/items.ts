import type { Queryable } from '../runtime/db/index.ts';
import type { Rows } from '../runtime/rows.ts';
import type { Moved } from './decide.ts';
import type { Kind, State, StoredItem } from './item.ts';

/** Every given condition holds of an item; of a list, one of its items. */
export interface ItemFilter {
  readonly kinds?: readonly Kind[];
  /** All but CLOSED where absent. */
  readonly states?: readonly State[];
  readonly entityIds?: readonly string[];
  readonly assignee?: string;
  readonly unassigned?: boolean;
  readonly dueBefore?: string;
  /** Its customers are seen; null, or left out, for all. */
  readonly rows?: Rows;
}

/** Where a page begins: after the item that was due then. */
export interface Place {
  readonly dueAt: string;
  readonly id: string;
}

/** How many items of a kind are not closed. */
export interface Count {
  readonly kind: Kind;
  /** Those that wait for a person. */
  readonly open: number;
  readonly overdue: number;
  /** ISO 8601 in UTC. */
  readonly oldestRaisedAt: string;
  /** Seconds since then. */
  readonly oldest: number;
}

/** An item as `StoredItem` has it. */
export const columns = `i.id, i.kind, i.key, i.entity, i.entity_ids as "entityIds", i.sides, i.evidence, i.waiting,
  i.offered, i.state, i.assignee, i.decision, i.history, i.raised_at as "raisedAt", i.due_at as "dueAt",
  i.closed_at as "closedAt"`;

/** SQL that goes on a condition, and its parameter: all customers of the item are seen. Nothing where all are. */
function seen(rows: Rows, item: string, place: number): { readonly sql: string; readonly values: string[] } {
  return rows === null
    ? { sql: '', values: [] }
    : { sql: ` and identity_visible_all(${item}.entity_ids, $${place}::jsonb)`, values: [rows] };
}

/** @param rows whose customers are seen; null for all */
export async function find(db: Queryable, id: string, rows: Rows = null): Promise<StoredItem | null> {
  const { sql, values } = seen(rows, 'i', 2);
  const [row] = await db.query<StoredItem>(`select ${columns} from steward_item i where i.id = $1${sql}`, [
    id,
    ...values,
  ]);
  return row ?? null;
}

/** The item, which nobody else can change until the transaction ends. */
export async function hold(tx: Queryable, id: string, rows: Rows = null): Promise<StoredItem | null> {
  const { sql, values } = seen(rows, 'i', 2);
  const [row] = await tx.query<StoredItem>(
    `select ${columns} from steward_item i where i.id = $1${sql} for update`,
    [id, ...values],
  );
  return row ?? null;
}

/** Stores what a held item has become. */
export async function move(tx: Queryable, id: string, moved: Moved): Promise<void> {
  const { state, assignee, decision, event } = moved;
  await tx.query(
    `update steward_item set state = $2, assignee = $3, decision = $4::jsonb, history = history || $5::jsonb,
       closed_at = case when $2 = 'CLOSED' then clock_timestamp() end,
       continue_at = case when $2 = 'DECIDED' then clock_timestamp() end
     where id = $1`,
    [id, state, assignee, decision, event],
  );
}

/** A page in the order in which items are due; one more than `most` says that there is another. */
export async function page(
  db: Queryable,
  filter: ItemFilter,
  { most, after }: { readonly most: number; readonly after: Place | null },
): Promise<readonly StoredItem[]> {
  const { kinds, states, entityIds, assignee, unassigned, dueBefore, rows = null } = filter;
  const { sql, values } = seen(rows, 'i', 10);
  return db.query<StoredItem>(
    `select ${columns} from steward_item i
     where ($1::text[] is null or i.kind = any($1))
       and case when $2::text[] is null then i.state <> 'CLOSED' else i.state = any($2) end
       and ($3::text[] is null or i.entity_ids && $3)
       and ($4::text is null or i.assignee = $4)
       and ($5::boolean is null or (i.assignee is null) = $5)
       and ($6::timestamptz is null or i.due_at < $6)
       and ($7::timestamptz is null or (i.due_at, i.id) > ($7, $8::uuid))${sql}
     order by i.due_at, i.id limit $9`,
    [
      ...[kinds, states, entityIds, assignee, unassigned, dueBefore, after?.dueAt, after?.id, most + 1],
      ...values,
    ],
  );
}

/** A page of each of these entities' items that are not closed. */
export async function pagesOf(
  db: Queryable,
  entityIds: readonly string[],
  { most, after }: { readonly most: number; readonly after: Place | null },
  rows: Rows = null,
): Promise<ReadonlyMap<string, readonly StoredItem[]>> {
  const { sql, values } = seen(rows, 'one', 5);
  const found = await db.query<StoredItem & { readonly of: string }>(
    `select asked.id as of, ${columns} from unnest($1::text[]) asked (id) cross join lateral (
       select * from steward_item one
       where one.entity_ids @> array[asked.id] and one.state <> 'CLOSED'
         and ($2::timestamptz is null or (one.due_at, one.id) > ($2, $3::uuid))${sql}
       order by one.due_at, one.id limit $4) i`,
    [entityIds, after?.dueAt, after?.id, most + 1, ...values],
  );
  return Map.groupBy(found, ({ of }) => of);
}

/** How many are not closed, by kind. */
export async function counts(db: Queryable, rows: Rows = null): Promise<readonly Count[]> {
  const { sql, values } = seen(rows, 'i', 1);
  return db.query<Count>(
    `select kind, count(*) filter (where state <> 'DECIDED')::int as open,
       count(*) filter (where state <> 'DECIDED' and due_at < clock_timestamp())::int as overdue,
       min(raised_at) as "oldestRaisedAt",
       extract(epoch from clock_timestamp() - min(raised_at))::float8 as oldest
     from steward_item i where state <> 'CLOSED'${sql} group by kind order by kind`,
    values,
  );
}

/** How long an item has waited. */
const ages = ['UNDER_A_DAY', 'UNDER_A_WEEK', 'UNDER_A_MONTH', 'OLDER'] as const;

/** How many items of a kind wait for a person since about the same time; without those there are none of. */
export interface OpenByAge {
  readonly kind: Kind;
  readonly age: (typeof ages)[number];
  readonly count: number;
}

export async function openByAge(db: Queryable): Promise<readonly OpenByAge[]> {
  return db.query<OpenByAge>(
    `select kind, ($1::text[])[width_bucket(extract(epoch from clock_timestamp() - raised_at)::float8,
         array[86400, 604800, 2592000]::float8[]) + 1] as age, count(*)::int as count
     from steward_item where state in ('OPEN', 'PROPOSED') group by 1, 2 order by 1, 2`,
    [ages],
  );
}
