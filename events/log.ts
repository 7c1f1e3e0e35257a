import type { SystemName } from '../identity/index.ts';
import type { Queryable } from '../runtime/db/index.ts';
import type { Change, ChangeKind, Head } from './change.ts';
import { expired } from './cursor.ts';

/** Which changes are meant; every given condition must hold, and an empty list is met by none. */
export interface ChangeFilter {
  readonly entity?: string | undefined;
  /** UUIDs. */
  readonly entityIds?: readonly string[] | undefined;
  readonly systems?: readonly SystemName[] | undefined;
  readonly kinds?: readonly ChangeKind[] | undefined;
  /** At least one of these has changed. */
  readonly attributes?: readonly string[] | undefined;
  /** By attribute: its fingerprint, as it was known then, is one of these. */
  readonly tags?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Changes that match a filter, in order. */
export interface ChangePage {
  readonly changes: readonly Change[];
  /** Everything up to here was looked at, and what matched is in `changes`: go on from here. */
  readonly until: string;
  /** Whether the log went on after `until` when it was read. */
  readonly more: boolean;
}

/** The changes that were told, in order and without a gap. */
export interface Log {
  head(): Promise<Head>;
  /**
   * All changes after a position, at most so many; none where it is the last.
   * @throws Failure CURSOR_EXPIRED where some of them are kept no longer
   */
  after(position: string, limit: number): Promise<readonly Change[]>;
  /**
   * Those that match, at most so many. One call looks at a bounded part of the log: it may give none, or too few, and still
   * say that there is more.
   * @throws Failure CURSOR_EXPIRED
   */
  page(after: string, filter: ChangeFilter, limit: number): Promise<ChangePage>;
}

/** Positions that one statement looks at, at most, where no index leads to what matches. */
const stretch = 10_000;
/** More positions than there will ever be. */
const everything = 2n ** 62n;

/** A change as it is stored. */
export interface LogRow {
  readonly position: string;
  readonly at: string;
  readonly entity: string;
  readonly entity_id: string;
  readonly kind: ChangeKind;
  readonly system: SystemName;
  readonly key: string;
  readonly version: string | null;
  readonly previous_version: string | null;
  readonly attributes: readonly string[];
  readonly cause: Change['cause'];
  readonly tags: Change['tags'];
}

export const logColumns =
  'position, at, entity, entity_id, kind, system, key, version, previous_version, attributes, cause, tags';

/** A change out of its row. */
export function changeOf(row: LogRow): Change {
  const { position, at, entity, kind, system, key, version, attributes, cause, tags } = row;
  return {
    ...{ position, at, entity, entityId: row.entity_id, kind, system, key, version },
    ...{ previousVersion: row.previous_version, attributes, cause, tags },
  };
}

/** The log in a store that has its migrations. */
export function logIn(db: Queryable): Log {
  /** One statement sees one state: a row that retention takes is there still, or under the floor that comes with it. */
  async function read(after: string, filter: ChangeFilter, limit: number): Promise<ChangePage> {
    const { conditions, values } = conditionsOf(filter);
    const most = filter.entityIds ? everything : stretch;
    // The index of entities leads to theirs; ordered by the bare position the whole log might be walked instead.
    const order = filter.entityIds ? 'position + 0' : 'position';
    const rows = await db.query<(LogRow | { position: null }) & HeadRow>(
      `select ${logColumns.replace(/(\w+)/g, 'l.$1')}, h.epoch, h.floor, h.head, h.reach
       from (select epoch, floor, position as head, least(position, $1::bigint + $2::bigint) as reach from events_head) h
         left join lateral (
           select ${logColumns} from events_log
           where position > $1::bigint and position <= h.reach${conditions}
           order by ${order} limit $3) l on true
       order by l.position`,
      [after, most, limit, ...values],
    );
    const [first] = rows;
    if (!first) throw new Error('the log has no head');
    if (BigInt(after) < BigInt(first.floor)) throw expired(first);
    const changes = rows.flatMap((row) => (row.position === null ? [] : [changeOf(row)]));
    const last = changes.at(-1);
    // A position beyond the head has nothing after it, and stays where it is.
    const reach = BigInt(first.reach) < BigInt(after) ? after : first.reach;
    const until = last && changes.length === limit ? last.position : reach;
    return { changes, until, more: BigInt(until) < BigInt(first.head) };
  }
  return {
    async head() {
      const [head] = await db.query<Head>('select epoch, position, floor from events_head');
      if (!head) throw new Error('the log has no head');
      return head;
    },
    after: async (position, limit) => (await read(position, {}, Math.min(limit, stretch))).changes,
    page: read,
  };
}

type HeadRow = Record<'epoch' | 'floor' | 'head' | 'reach', string>;

/** The filter in SQL, to follow the first three parameters. */
function conditionsOf(filter: ChangeFilter): { conditions: string; values: readonly unknown[] } {
  const { entity, entityIds, systems, kinds, attributes, tags = {} } = filter;
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value) + 3}`;
  const conditions = [
    ...(entity === undefined ? [] : [`entity = ${bind(entity)}`]),
    ...(entityIds ? [`entity_id = any(${bind(entityIds)}::uuid[])`] : []),
    ...(systems ? [`system = any(${bind(systems)}::text[])`] : []),
    ...(kinds ? [`kind = any(${bind(kinds)}::text[])`] : []),
    ...(attributes ? [`attributes && ${bind(attributes)}::text[]`] : []),
    ...Object.entries(tags).map(([name, some]) => `tags ->> ${bind(name)} = any(${bind(some)}::text[])`),
  ];
  return { conditions: conditions.map((one) => ` and ${one}`).join(''), values };
}
