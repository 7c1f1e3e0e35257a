import DataLoader from 'dataloader';
import type { RequestContext } from '../runtime/context.ts';
import type { Db } from '../runtime/db/index.ts';
import type { RowsOf } from '../runtime/rows.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { Resolvers as ContractResolvers } from '../schema/generated/steward.ts';
import { decisionOf, filterOf, isSubject, pageOf, reasonOf, storedId } from './asked.ts';
import type { StoredItem } from './item.ts';
import { counts, find, page, pagesOf } from './items.ts';
import type { Done, Queue } from './queue.ts';
import { invalid, unknownItem, type Refusal } from './refusal.ts';
import { shownCount, shownItem, shownPage } from './shown.ts';

/** The queue's part of the graph, ready to be built into a schema with its contract. */
export function stewardSubgraph(
  db: Db,
  queue: Queue,
  rowsOf: RowsOf,
): { readonly name: string; readonly resolvers: Resolvers } {
  const about = pagesIn(db, rowsOf);
  return {
    name: 'steward',
    resolvers: {
      Query: {
        async workItems(_, { filter, ...asked }, context) {
          const wanted = pageOf(asked);
          return shownPage(await page(db, { ...filterOf(filter), rows: rowsOf(context) }, wanted), wanted);
        },
        async workItem(_, { id }, context) {
          const stored = storedId(id);
          const found = stored === null ? null : await find(db, stored, rowsOf(context));
          return found && shownItem(found);
        },
        workItemCounts: async (_, __, context) => (await counts(db, rowsOf(context))).map(shownCount),
      },
      Mutation: {
        assignWorkItem: (_, { id, assignee = null, takeOver }, context) =>
          assignee !== null && !isSubject(assignee)
            ? refused(invalid('The assignee is no subject of anybody; give 1 to 255 characters.'))
            : done(id, (of) => queue.assign(of, { assignee, takeOver }, context)),
        decideWorkItem(_, { input }, context) {
          const given = decisionOf(input, context);
          return 'code' in given
            ? refused(given)
            : done(input.id, (of) => queue.decide(of, given.asked, given.key, context));
        },
        approveDecision: (_, { id }, context) => done(id, (of) => queue.approve(of, context)),
        declineDecision(_, { id, reason = null }, context) {
          const why = reason === null ? null : reasonOf(reason);
          return reason !== null && why === null
            ? refused(invalid('Give a reason of 1 to 500 characters, or none.'))
            : done(id, (of) => queue.decline(of, why, context));
        },
      },
      Customer: {
        // A reference says everything that is needed.
        __resolveReference: ({ id }) => ({ id }),
        async workItems({ id }, asked, context) {
          const wanted = pageOf(asked);
          const stored = storedId(id);
          return stored === null ? null : shownPage(await about(stored, wanted, context), wanted);
        },
      },
    } satisfies ContractResolvers,
  };
}

/** Pages of items by customer; all customers that are asked about in one turn of a request are one question. */
function pagesIn(db: Db, rowsOf: RowsOf) {
  const memo = {};
  return (id: string, wanted: ReturnType<typeof pageOf>, context: RequestContext) => {
    const loaders = context.memo(memo, () => new Map<string, DataLoader<string, readonly StoredItem[]>>());
    const key = JSON.stringify(wanted);
    const loader =
      loaders.get(key) ??
      new DataLoader<string, readonly StoredItem[]>(async (ids) => {
        const found = await pagesOf(db, ids, wanted, rowsOf(context));
        return ids.map((one) => found.get(one) ?? []);
      });
    loaders.set(key, loader);
    return loader.load(id);
  };
}

async function done(id: string, act: (id: string) => Promise<Done>) {
  const stored = storedId(id);
  if (stored === null) return refused(unknownItem);
  const { item, refusals, replayed } = await act(stored);
  return { workItem: item && shownItem(item), refusals, replayed };
}

function refused(refusal: Refusal) {
  return { workItem: null, refusals: [refusal], replayed: false };
}
