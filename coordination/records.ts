import type { Db } from '../runtime/db/index.ts';
import type { Rows } from '../runtime/rows.ts';
import { attributes, type EntityName } from '../schema/generated/contracts.ts';
import { heldOf } from './barrier.ts';
import type { DeadLetterFilter, Page, WriteFilter, WritePage, WriteView } from './coordination.ts';
import { copiedOf } from './drift/copied.ts';
import type { Stored } from './journal.ts';
import { openedWrite, type Sealed } from './sealed.ts';
import { isOver } from './write.ts';

/** Reads of writes; each call is one statement. */
export interface Records {
  view(id: string): Promise<WriteView | null>;
  /** By id; an unknown one is absent. */
  views(ids: readonly string[]): Promise<ReadonlyMap<string, WriteView>>;
  stored(id: string): Promise<Stored | null>;
  page(filter: WriteFilter, page: Page): Promise<WritePage>;
  pendingOf(entityIds: readonly string[], page: Page): Promise<ReadonlyMap<string, WritePage>>;
  /** A text for each of these that is another one whenever it, or a copy of it, has come on; absent for an unknown one. */
  marks(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Ids of those that are over, or that nobody knows. */
  over(ids: readonly string[]): Promise<readonly string[]>;
  /** Whether nothing new is written to an entity, because it becomes one with another. */
  isHeld(entityId: string): Promise<boolean>;
  deadLetters(filter: DeadLetterFilter): Promise<readonly Stored[]>;
  /** Attributes of these that a later write of the queue has given its value at the same owner, or is about to. */
  superseded(write: Stored, system: string, attributes: readonly string[]): Promise<readonly string[]>;
  /** Writes that are open, by what they wait for and the systems they wait for. */
  open(): Promise<readonly OpenWrites[]>;
}

export interface OpenWrites {
  readonly system: string;
  readonly state: string;
  readonly count: number;
}

const shown = 'coordination_shown(w) as write';
const withCopies = `${shown}, (
    select coalesce(jsonb_agg(coordination_shown(c) order by c.accepted_at, c.id), '[]')
    from coordination_write c where c.parent = w.id) as copies`;
const open = `w.state in ('AWAITING_APPROVAL', 'PENDING', 'RUNNING', 'COMPENSATING')`;

export function recordsIn(db: Db): Records {
  return {
    async stored(id) {
      const [row] = await db.query<{ write: Sealed<Stored> }>(
        `select ${shown} from coordination_write w where w.id = $1`,
        [id],
      );
      return row ? openedWrite(row.write) : null;
    },

    async view(id) {
      const [row] = await db.query<Shown>(`select ${withCopies} from coordination_write w where w.id = $1`, [
        id,
      ]);
      return row ? viewOf(row) : null;
    },

    async views(ids) {
      const rows = await db.query<Shown>(
        `select ${withCopies} from coordination_write w where w.id = any($1)`,
        [ids],
      );
      return new Map(rows.map(viewOf).map((view) => [view.id, view]));
    },

    async page(filter, { first, after }) {
      const seen = seenBy(filter.rows, 'w.queue', 10);
      const rows = await db.query<Shown>(
        `select ${withCopies} from coordination_write w
         where w.parent is null and ($1::uuid is null or w.id < $1)
           and ($2::text[] is null or w.queue = any($2))
           and ($3::text[] is null or w.state = any($3))
           and ($4::text[] is null or exists (
             select from coordination_write c join coordination_step s on s.write_id = c.id
             where (c.id = w.id or c.parent = w.id) and s.system = any($4)))
           and ($5::text[] is null or w.lane = any($5))
           and ($6::text is null or w.subject = $6)
           and ($7::timestamptz is null or w.accepted_at >= $7)
           and ($8::timestamptz is null or w.accepted_at < $8)${seen.sql}
         order by w.id desc limit $9`,
        [
          after,
          filter.entityIds?.flatMap(queuesOf),
          filter.states,
          filter.systems,
          filter.lanes,
          filter.requestedBy,
          filter.acceptedFrom,
          filter.acceptedBefore,
          first + 1,
          ...seen.values,
        ],
      );
      return { writes: rows.slice(0, first).map(viewOf), hasNextPage: rows.length > first };
    },

    async pendingOf(entityIds, { first, after }) {
      const rows = await db.query<Shown>(
        `select ${withCopies} from unnest($1::text[]) asked (id) cross join lateral (
           select * from coordination_write w
           where w.queue = asked.id and w.parent is null and ${open} and ($2::uuid is null or w.id > $2)
           order by w.id limit $3) w`,
        [entityIds, after, first + 1],
      );
      const pages = Map.groupBy(rows.map(viewOf), ({ entityId }) => entityId);
      return new Map(
        entityIds.map((id) => {
          const writes = pages.get(id) ?? [];
          return [id, { writes: writes.slice(0, first), hasNextPage: writes.length > first }];
        }),
      );
    },

    async marks(ids) {
      const rows = await db.query<{ id: string; mark: string }>(
        `select asked.id::text, md5(string_agg(w.state || (
             select string_agg(s.body::text, ' ' order by s.ordinal) from coordination_step s
             where s.write_id = w.id), ' ' order by w.id)) as mark
         from unnest($1::uuid[]) asked (id) cross join lateral (
           select id, state from coordination_write where id = asked.id
           union all select id, state from coordination_write where parent = asked.id) w
         group by asked.id`,
        [ids],
      );
      return new Map(rows.map(({ id, mark }) => [id, mark]));
    },

    async over(ids) {
      const rows = await db.query<{ id: string; state: Stored['state'] }>(
        'select id, state from coordination_write where id = any($1)',
        [ids],
      );
      const running = new Set(rows.filter(({ state }) => !isOver(state)).map(({ id }) => id));
      return ids.filter((id) => !running.has(id));
    },

    isHeld: async (entityId) => (await heldOf(db, [entityId])).length > 0,

    async deadLetters({ writeIds, entityIds, systems, codes, acceptedBefore, limit, rows: only }) {
      const seen = seenBy(only, `w.request ->> 'entityId'`, 7);
      const rows = await db.query<{ write: Sealed<Stored> }>(
        `select ${shown} from coordination_write w
         where w.state = 'REVIEW' and exists (
             select from coordination_step s where s.write_id = w.id and s.state = 'DEAD'
               and ($3::text[] is null or s.system = any($3))
               and ($4::text[] is null or s.body -> 'cause' ->> 'code' = any($4)))
           and ($1::uuid[] is null or w.id = any($1))
           and ($2::text[] is null or w.request ->> 'entityId' = any($2))
           and ($5::timestamptz is null or w.accepted_at < $5)${seen.sql}
         order by w.id limit $6`,
        [writeIds, entityIds, systems, codes, acceptedBefore, limit, ...seen.values],
      );
      return rows.map(({ write }) => openedWrite(write));
    },

    async superseded(write, system, attributes) {
      const rows = await db.query<{ attribute: string }>(
        `select distinct changed.attribute from coordination_write w
           join coordination_step s on s.write_id = w.id
           cross join lateral jsonb_object_keys(s.body -> 'changes') changed (attribute)
         where w.queue = $1 and w.number > $2 and s.system = $3 and changed.attribute = any($4)
           and (s.state in ('APPLIED', 'UNCHANGED') or s.state in ('READY', 'UNKNOWN') and ${open})`,
        [write.queue, write.number ?? '0', system, attributes],
      );
      return rows.map(({ attribute }) => attribute);
    },

    async open() {
      const rows = await db.query<OpenWrites>(
        `select system, w.state, count(*)::int as count
         from coordination_write w cross join lateral unnest(w.systems) systems (system)
         where ${open} or w.state = 'REVIEW' group by 1, 2`,
      );
      return rows;
    },
  };
}

/** SQL that goes on a condition, and its parameter: the customer with this id is seen. Nothing where all are. */
export function seenBy(rows: Rows | undefined, id: string, place: number) {
  return rows == null
    ? { sql: '', values: [] }
    : { sql: ` and identity_visible((${id})::uuid, $${place}::jsonb)`, values: [rows] };
}

/** Systems that keep copies of anything. */
const keepers = new Set(
  (Object.keys(attributes) as EntityName[]).flatMap((entity) => copiedOf(entity).map(({ keeper }) => keeper)),
);

/** The queues of an entity: its own, and one for each system that keeps copies. */
function queuesOf(entityId: string): readonly string[] {
  return [entityId, ...[...keepers].map((system) => `${entityId}/${system}`)];
}

interface Shown {
  readonly write: Sealed<Stored>;
  readonly copies: readonly Sealed<Stored>[];
}

function viewOf({ write, copies }: Shown): WriteView {
  return { ...openedWrite(write), copies: copies.map(openedWrite) };
}
