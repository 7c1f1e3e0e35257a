import { decodeCursor, encodeCursor, pageSize } from '../runtime/cursor.ts';
import type { Db } from '../runtime/db/index.ts';
import { Failure } from '../runtime/failure.ts';
import type { RowsOf } from '../runtime/rows.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { AuditEntryFilter, Resolvers as ContractResolvers } from '../schema/generated/audit.ts';
import type { Row } from './chain.ts';
import { newest, type AuditFilter } from './log.ts';

const list = 'audit 1';

/** The audit's part of the graph, ready to be built into a schema with its contract. */
export function auditSubgraph(
  db: Db,
  rowsOf: RowsOf,
): { readonly name: string; readonly resolvers: Resolvers } {
  return {
    name: 'audit',
    resolvers: {
      Query: {
        async auditEntries(_, { filter, first, after }, context) {
          const size = pageSize(first);
          const behind = after == null ? null : positionIn(after);
          const found = await newest(db, { ...filterOf(filter), rows: rowsOf(context) }, behind, size + 1);
          const edges = found
            .slice(0, size)
            .map((row) => ({ cursor: encodeCursor(list, row.position), node: shown(row) }));
          return {
            edges,
            pageInfo: {
              hasNextPage: found.length > size,
              hasPreviousPage: behind !== null,
              startCursor: edges[0]?.cursor ?? null,
              endCursor: edges.at(-1)?.cursor ?? null,
            },
          };
        },
      },
    } satisfies ContractResolvers,
  };
}

function positionIn(cursor: string): string {
  const position = decodeCursor(list, cursor);
  if (/^\d{1,18}$/.test(position)) return position;
  throw new Failure('INVALID_CURSOR', 'This cursor was changed; use an endCursor as it was given.');
}

/** Null is as good as absent. */
function filterOf(asked: AuditEntryFilter | null | undefined): AuditFilter {
  const { actions, actors, customerIds, from, before } = asked ?? {};
  return {
    actions: actions ?? undefined,
    actors: actors ?? undefined,
    entityIds: customerIds?.map((id) => id.toLowerCase()),
    from: from ?? undefined,
    before: before ?? undefined,
  };
}

function shown({ position, at, entry }: Row) {
  const { before, after, ...rest } = entry;
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return {
    ...rest,
    position,
    at: new Date(at).toISOString(),
    changes: changed.map((attribute) => ({
      attribute,
      before: before[attribute] ?? null,
      after: after[attribute] ?? null,
    })),
  };
}
