import { decodeCursor, encodeCursor, pageSize } from '../runtime/cursor.ts';

/** The arguments that every connection has. */
export interface PageArgs {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** A Relay connection. */
export interface Page<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
}

/** Rows of one page, each with its position in the list, as a connection. */
export function pageOf<Node>(
  list: string,
  rows: readonly { readonly position: string; readonly node: Node }[],
  standing: { readonly total: number; readonly hasNext: boolean; readonly hasPrevious: boolean },
): Page<Node> {
  const edges = rows.map(({ position, node }) => ({ cursor: encodeCursor(list, position), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: standing.hasNext,
      hasPreviousPage: standing.hasPrevious,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: standing.total,
  };
}

/** Cuts one page out of rows that are all at hand; the position of a row is its number in the list. */
export function cut<Node>(list: string, rows: readonly Node[], args: PageArgs): Page<Node> {
  const size = pageSize(args.first);
  const start = args.after == null ? 0 : Number(decodeCursor(list, args.after)) + 1;
  const shown = rows.slice(start, start + size);
  return pageOf(
    list,
    shown.map((node, index) => ({ position: String(start + index), node })),
    { total: rows.length, hasNext: start + size < rows.length, hasPrevious: start > 0 && rows.length > 0 },
  );
}
