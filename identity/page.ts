import { pageLimit } from '../runtime/cursor.ts';
import type { Rows } from '../runtime/rows.ts';
import type { CustomerOrder } from '../schema/generated/identity.ts';
import { recordOrder } from './crosswalk.ts';
import { conditions, parameters, seen, type Criteria } from './filter.ts';

/** Where a page begins: after the customer with this sort value and id. */
export interface Position {
  /** Folded name, or the instant of registration, as the order says. */
  readonly value: string;
  readonly id: string;
}

/** A page to read. */
export interface PageRequest {
  readonly sought: Criteria;
  /** Those who are seen. */
  readonly rows: Rows;
  readonly order: CustomerOrder;
  readonly after: Position | null;
  /** Customers at most; up to one more than a page may have. */
  readonly size: number;
}

/** A statement and its parameters. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Customers of the largest page, and one to see that there are more. A constant, so that any plan expects a few rows. */
const largestPage = pageLimit + 1;

/** Customers that are walked in order before an index of what is sought is used instead. */
export const walkLimit = 1000;

/** An order as SQL has it; `from` and `until` are what holds for what comes not before, and not after, a value. */
interface Direction {
  readonly column: 'name' | 'registered_at';
  readonly type: 'text' | 'timestamptz';
  readonly direction: 'asc' | 'desc';
  readonly beyond: '>' | '<';
  readonly from: '>=' | '<=';
  readonly until: '>=' | '<=';
}
const ascending = { direction: 'asc', beyond: '>', from: '>=', until: '<=' } as const;
const descending = { direction: 'desc', beyond: '<', from: '<=', until: '>=' } as const;
const directions: Readonly<Record<CustomerOrder, Direction>> = {
  NAME_ASC: { column: 'name', type: 'text', ...ascending },
  NAME_DESC: { column: 'name', type: 'text', ...descending },
  REGISTERED_ASC: { column: 'registered_at', type: 'timestamptz', ...ascending },
  REGISTERED_DESC: { column: 'registered_at', type: 'timestamptz', ...descending },
};

/**
 * How a page is found. WALK goes through all customers in order, from the page's beginning; SHORT_WALK gives up after
 * `walkLimit` of them; INDEX collects all that match and sorts them. The store's planner cannot choose between the last two:
 * a prepared statement is planned without its values, and whether a part of a name is rare decides over a factor of 1,000.
 */
export type Way = 'WALK' | 'SHORT_WALK' | 'INDEX';

/** The ways to try, in this order; the first that fills the page, or comes to the end of the list, has the answer. */
export function ways(sought: Criteria, rows: Rows): readonly Way[] {
  // An identifier is rare; what is neither sought by it nor by anything else needs no search at all.
  if (sought.taxId !== null) return ['INDEX'];
  if (rows === null && conditions(sought, parameters()).length === 0) return ['WALK'];
  // Trigrams need three characters; a shorter part of a name is rarely rare, so that the walk is soon over.
  // Whoever sees a part only, and does not meet it at once, sees little.
  const indexed =
    rows !== null || sought.domain !== null || sought.knownTo !== null || (sought.name?.length ?? 0) >= 3;
  return ['SHORT_WALK', indexed ? 'INDEX' : 'WALK'];
}

/**
 * The statement for a page: one row per customer and record, in order; `walked` on each says how many customers were
 * walked, and is the only column of the single row that comes when none matches.
 */
export function pageStatement({ sought, rows, order, after, size }: PageRequest, way: Way): Statement {
  const { column, type, direction, beyond, from, until } = directions[order];
  const bound = parameters();
  const country = sought.country === null ? null : bound.add(sought.country);
  const position = after === null ? null : `${bound.add(after.value)}::${type}, ${bound.add(after.id)}::uuid`;
  const limit = bound.add(size);
  const matching = ['true', ...conditions(sought, bound), ...seen(rows, bound)].join(' and ');
  const sorted = `order by c.${column} ${direction}, c.id ${direction}`;
  const start = position === null ? 'true' : `(c.${column}, c.id) ${beyond} (${position})`;
  // A country's customers lie together in an index, and are walked as a stretch of it. Asked for by an equality, they would
  // be sought among all customers in order where the planner likes that better: to the end for a country without any.
  const walk =
    country === null
      ? { start, within: 'true', sorted }
      : {
          start:
            position === null
              ? `c.country ${from} ${country}`
              : `(c.country, c.${column}, c.id) ${beyond} (${country}, ${position})`,
          within: `c.country ${until} ${country}`,
          sorted: `order by c.country ${direction}, c.${column} ${direction}, c.id ${direction}`,
        };

  const parts = {
    WALK: {
      walked: '',
      count: '0',
      page: `identity_customer c
        where c.merged_into is null and ${walk.start} and ${walk.within} and ${matching} ${walk.sorted}`,
    },
    SHORT_WALK: {
      walked: `walked as materialized (
        select c.* from identity_customer c where c.merged_into is null and ${walk.start} ${walk.sorted} limit ${walkLimit}
      ), `,
      count: `(select count(*)::int from walked c where ${walk.within})`,
      page: `walked c where ${walk.within} and ${matching} ${sorted}`,
    },
    INDEX: {
      walked: `walked as materialized (
        select c.id, c.name, c.registered_at from identity_customer c
        where c.merged_into is null and ${country === null ? 'true' : `c.country = ${country}`} and ${matching}
      ), `,
      count: '0',
      page: `walked c where ${start} ${sorted}`,
    },
  };
  const { walked, count, page } = parts[way];
  return {
    sql: `with ${walked}page as (
        select * from (
          select c.id, c.name, c.registered_at from ${page} limit ${largestPage}
        ) c limit ${limit}
      )
      select w.walked, c.id, c.name, c.registered_at, x.system, x.key
      from (select ${count} as walked) w left join page c on true
        left join identity_crosswalk x on x.customer_id = c.id and x.valid_to is null
      ${sorted}, ${recordOrder}`,
    values: bound.values,
  };
}

/** The statement that counts the customers on all pages: one row with `count`. */
export function countStatement(sought: Criteria, rows: Rows): Statement {
  const bound = parameters();
  const matching = [
    ...(sought.country === null ? [] : [`c.country = ${bound.add(sought.country)}`]),
    ...conditions(sought, bound),
    ...seen(rows, bound),
  ];
  if (matching.length === 0) {
    return { sql: 'select coalesce(sum(customers), 0)::int as count from identity_tally', values: [] };
  }
  return {
    sql: `select count(*)::int as count from identity_customer c where c.merged_into is null and ${matching.join(' and ')}`,
    values: bound.values,
  };
}
