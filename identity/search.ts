import type { Queryable } from '../runtime/db/index.ts';
import { decodeCursor, encodeCursor, pageSize } from '../runtime/cursor.ts';
import { Failure } from '../runtime/failure.ts';
import type { Rows } from '../runtime/rows.ts';
import type { CustomerOrder, QueryCustomersArgs } from '../schema/generated/identity.ts';
import { customerId, registrationsOf, type Registration, type RegistrationRow } from './crosswalk.ts';
import { foldName } from './facts.ts';
import { criteria, fingerprint } from './filter.ts';
import { countStatement, pageStatement, walkLimit, ways, type PageRequest, type Position } from './page.ts';

/** A page of customers, as Relay's specification has it. */
export interface CustomerPage {
  readonly edges: readonly { readonly cursor: string; readonly node: Registration }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Counts all pages together, exactly; costs a statement of its own, so it runs only where it is called. */
  totalCount(): Promise<number>;
}

/**
 * Finds customers, page by page.
 * @param rows those who are seen; null, or left out, for all
 * @throws Failure BAD_USER_INPUT, PAGE_SIZE_EXCEEDED, INVALID_CURSOR
 */
export type Search = (asked: QueryCustomersArgs, rows?: Rows) => Promise<CustomerPage>;

interface Row extends Omit<RegistrationRow, 'asked' | 'id'> {
  readonly walked: number;
  readonly id: string | null;
  readonly name: string;
}

interface Found {
  readonly registration: Registration;
  readonly name: string;
}

/** The rows of a page; null when the way gave up before it had the answer. */
function found(rows: readonly Row[], size: number): readonly Found[] | null {
  const names = new Map<string, string>();
  const whole: RegistrationRow[] = [];
  for (const { id, name, registered_at, system, key } of rows) {
    if (id === null) continue;
    names.set(id, name);
    whole.push({ asked: id, id, registered_at, system, key });
  }
  if ((rows[0]?.walked ?? 0) === walkLimit && names.size < size) return null;
  return [...registrationsOf(whole).values()].map((registration) => ({
    registration,
    name: names.get(registration.id) ?? '',
  }));
}

async function readPage(db: Queryable, request: PageRequest): Promise<readonly Found[]> {
  for (const way of ways(request.sought, request.rows)) {
    const { sql, values } = pageStatement(request, way);
    const page = found(await db.query<Row>(sql, values), request.size);
    if (page) return page;
  }
  return [];
}

/** Reads a position back; what was not written by `encodeCursor` for this list is refused. */
function positionIn(list: string, cursor: string, order: CustomerOrder): Position {
  const [id, value] = splitOnce(decodeCursor(list, cursor));
  const known = order.startsWith('NAME') ? foldName(value) === value : isInstant(value);
  if (customerId(id) !== id || !known) {
    throw new Failure('INVALID_CURSOR', 'This cursor was changed; use an endCursor as it was given.');
  }
  return { id, value };
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function isInstant(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(text) ? new Date(text) : null;
  // A day that does not exist, such as 30 February, is read as another one.
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 19) === text.slice(0, 19);
}

/** The search over the register in a store. */
export function searchIn(db: Queryable): Search {
  return async (asked, rows = null) => {
    const size = pageSize(asked.first);
    const order = asked.orderBy ?? 'NAME_ASC';
    const sought = criteria(asked.filter);
    const list = `customers 1 ${order} ${fingerprint(sought)}`;
    const after = typeof asked.after === 'string' ? positionIn(list, asked.after, order) : null;

    const page = await readPage(db, { sought, rows, order, after, size: size + 1 });
    const edges = page.slice(0, size).map(({ registration, name }) => {
      const value = order.startsWith('NAME') ? name : registration.registeredAt;
      return { cursor: encodeCursor(list, `${registration.id} ${value}`), node: registration };
    });
    return {
      edges,
      pageInfo: {
        hasNextPage: page.length > size,
        // A cursor is of an edge, so there is at least that one before the page.
        hasPreviousPage: after !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
      async totalCount() {
        const { sql, values } = countStatement(sought, rows);
        const [row] = await db.query<{ count: number }>(sql, values);
        return row?.count ?? 0;
      },
    };
  };
}
