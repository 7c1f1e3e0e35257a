import DataLoader from 'dataloader';
import type { RequestContext } from '../runtime/context.ts';
import type { Queryable } from '../runtime/db/index.ts';
import type { Rows, RowsOf } from '../runtime/rows.ts';
import { blocksOf } from './matching/blocks.ts';
import { keysOfCustomers, sharingBlocks } from './matching/candidates.ts';
import { compare } from './matching/compare.ts';
import type { Match } from './matching/match.ts';
import { ranked } from './matching/matches.ts';
import { profileOf } from './matching/profile.ts';
import { verdictsOf } from './matching/verdicts.ts';
import { among } from './among.ts';

/** Three statements, however many are asked for, and one more where not everybody is seen. */
async function duplicatesOf(
  db: Queryable,
  ids: readonly string[],
  rows: Rows,
): Promise<ReadonlyMap<string, readonly Match[]>> {
  const asked = await keysOfCustomers(db, ids);
  const candidates = await among(db, rows, await sharingBlocks(db, asked.map(blocksOf)));
  const decided = await verdictsOf(db, ids);
  const byAsked = Map.groupBy(candidates, ({ of }) => of);
  const found = asked.map((own, of): [string, readonly Match[]] => {
    const profile = profileOf(own);
    const verdicts = decided.get(own.id);
    const others = (byAsked.get(of) ?? []).filter(({ id }) => id !== own.id);
    const possible = others
      .map((other) => ({ id: other.id, ...compare(profile, profileOf(other)) }))
      .filter(({ id, verdict }) => (verdicts?.get(id) ?? verdict) !== 'DIFFERENT');
    return [own.id, ranked(possible, verdicts)];
  });
  return new Map(found);
}

/**
 * Customers that may be the same as the one asked for, the likeliest first, at most 20, without those that a person found
 * to be different; those of all customers of one request are read at once.
 */
export type Duplicates = (context: RequestContext, id: string) => Promise<readonly Match[]>;

/** The duplicates in a store. */
export function duplicatesIn(db: Queryable, rowsOf: RowsOf): Duplicates {
  const memo = {};
  return (context, id) => {
    const loader = context.memo(
      memo,
      () =>
        new DataLoader<string, readonly Match[]>(async (ids) => {
          const found = await duplicatesOf(db, ids, rowsOf(context));
          return ids.map((each) => found.get(each) ?? []);
        }),
    );
    return loader.load(id);
  };
}
