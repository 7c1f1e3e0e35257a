import DataLoader from 'dataloader';
import type { RequestContext } from '../runtime/context.ts';
import type { Queryable } from '../runtime/db/index.ts';
import type { IdentifierKind } from '../schema/generated/identity.ts';
import type { MatchKeys } from './facts.ts';
import { sharedIdentifiers } from './match.ts';

/** Another customer that may be the same, and what both have in common. */
interface Duplicate {
  readonly id: string;
  readonly sharedIdentifiers: readonly IdentifierKind[];
}

/** Duplicates shown of one customer: more of them means that the identifier is no identifier. */
const duplicateLimit = 50;

/** MATERIALIZED keeps the limit from tempting the store into reading all customers until there are enough. */
const sharing = `
  select a.id as "of", a.tax_ids as "ofTaxIds", a.leis as "ofLeis", a.domains as "ofDomains",
    d.id, d.tax_ids as "taxIds", d.leis, d.domains
  from identity_customer a cross join lateral (
    with hit as materialized (
      select b.id, b.tax_ids, b.leis, b.domains from identity_customer b
      where b.merged_into is null and (b.tax_ids && a.tax_ids or b.leis && a.leis)
    )
    select * from hit where hit.id <> a.id order by hit.id limit ${duplicateLimit}
  ) d
  where a.id = any($1::uuid[]) and a.merged_into is null
  order by a.id, d.id`;

type Keys = Pick<MatchKeys, 'taxIds' | 'leis' | 'domains'>;

interface Row extends Keys {
  readonly of: string;
  readonly ofTaxIds: readonly string[];
  readonly ofLeis: readonly string[];
  readonly ofDomains: readonly string[];
  readonly id: string;
}

async function duplicatesOf(
  db: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Duplicate[]>> {
  const duplicates = new Map<string, Duplicate[]>();
  for (const row of await db.query<Row>(sharing, [ids])) {
    const own = { taxIds: row.ofTaxIds, leis: row.ofLeis, domains: row.ofDomains };
    const others = duplicates.get(row.of) ?? [];
    duplicates.set(row.of, others);
    others.push({ id: row.id, sharedIdentifiers: sharedIdentifiers(own, row) });
  }
  return duplicates;
}

/**
 * Customers that share a tax id or a LEI with the one asked for, at most 50, in the order of their ids; those of all
 * customers of one request are read at once.
 */
export type Duplicates = (context: RequestContext, id: string) => Promise<readonly Duplicate[]>;

/** The duplicates in a store. */
export function duplicatesIn(db: Queryable): Duplicates {
  const memo = {};
  return (context, id) => {
    const loader = context.memo(
      memo,
      () =>
        new DataLoader<string, readonly Duplicate[]>(async (ids) => {
          const found = await duplicatesOf(db, ids);
          return ids.map((each) => found.get(each) ?? []);
        }),
    );
    return loader.load(id);
  };
}
