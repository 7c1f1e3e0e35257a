import DataLoader from 'dataloader';
import type { RequestContext } from '../runtime/context.ts';
import { decodeCursor, encodeCursor, pageSize } from '../runtime/cursor.ts';
import { Failure } from '../runtime/failure.ts';
import type { PageInfo } from '../schema/generated/coordination.ts';
import { storedId } from './asked.ts';
import type { Coordination, Page, WritePage, WriteView } from './coordination.ts';

/** The arguments of a connection, as they were asked. */
export interface PageArgs {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** A page of writes in the contract's form. */
export interface ShownPage<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: PageInfo;
}

const list = 'writes 1';

/**
 * The page that is asked for.
 * @throws Failure PAGE_SIZE_EXCEEDED, BAD_USER_INPUT or INVALID_CURSOR
 */
export function pageOf({ first, after }: PageArgs): Page {
  const id = after == null ? null : decodeCursor(list, after);
  if (id !== null && storedId(id) !== id) {
    throw new Failure('INVALID_CURSOR', 'This cursor was changed; use an endCursor as it was given.');
  }
  return { first: pageSize(first), after: id };
}

/** A page in the contract's form. */
export function shownPage<Node>(
  { writes, hasNextPage }: WritePage,
  { after }: Page,
  shown: (write: WriteView) => Node,
): ShownPage<Node> {
  const edges = writes.map((write) => ({ cursor: encodeCursor(list, write.id), node: shown(write) }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      // A cursor is of an edge, so there is at least that one before the page.
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

const none: WritePage = { writes: [], hasNextPage: false };

/** The open writes of an entity; all entities that are asked about in one turn of a request are one question. */
export function pendingIn(coordination: Coordination) {
  return (entityId: string, page: Page, context: RequestContext): Promise<WritePage> => {
    const loaders = context.memo(coordination, () => new Map<string, DataLoader<string, WritePage>>());
    const key = `${page.first} ${page.after ?? ''}`;
    const loader =
      loaders.get(key) ??
      new DataLoader<string, WritePage>(async (ids) => {
        const found = await coordination.pendingOf(ids, page, context);
        return ids.map((id) => found.get(id) ?? none);
      });
    loaders.set(key, loader);
    return loader.load(entityId);
  };
}
