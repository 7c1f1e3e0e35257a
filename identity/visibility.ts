import { digest } from '../runtime/canonical.ts';
import type { Principal } from '../runtime/principal.ts';
import { holds } from '../runtime/principal.ts';
import type { Rows, RowsOf } from '../runtime/rows.ts';
import { foldCountry } from './facts.ts';
import type { RowRule } from './row-rules.ts';

/** What has to be known of a customer for somebody to see it; each list that is there has to have it. */
export interface May {
  readonly countries?: readonly string[];
  readonly segments?: readonly string[];
  /** Sealed. */
  readonly accountOwners?: readonly string[];
}

/** The key of somebody who is responsible for customers, by e-mail address. */
export type OwnerKey = (email: string) => string;

/** What may be seen, out of its form for the store. */
export function mayOf(rows: string): readonly May[] {
  return JSON.parse(rows) as readonly May[];
}

/**
 * What a caller sees by these rules: all that any rule lets it see that applies to it, and nothing where none does. Pure.
 * The same text for all who see the same.
 */
export function rowsFor(rules: readonly RowRule[], principal: Principal, ownerKey: OwnerKey): Rows {
  // Who may do everything is on this machine.
  if (principal.scopes.has('*')) return null;
  const own = rules.filter((rule) => applies(rule, principal));
  const all: string[] = [];
  for (const { sees } of own) {
    if (sees === 'ALL') return null;
    all.push(JSON.stringify(mayBy(sees, principal, ownerKey)));
  }
  return `[${[...new Set(all)].sort().join(',')}]`;
}

function applies({ scopes, claims }: RowRule, principal: Principal): boolean {
  return (
    holds(principal, scopes) &&
    Object.entries(claims).every(([name, values]) =>
      principal.claims?.[name]?.some((value) => values.includes(value)),
    )
  );
}

type Conditions = Exclude<RowRule['sees'], 'ALL'>;

function mayBy({ countries, segments, accountOwner }: Conditions, caller: Principal, key: OwnerKey): May {
  const given = (asked: readonly string[] | { readonly claim: string }): readonly string[] =>
    'claim' in asked ? (caller.claims?.[asked.claim] ?? []) : asked;
  const sorted = (list: readonly (string | null)[]): readonly string[] =>
    [...new Set(list.filter((one) => one !== null && one !== ''))].sort() as string[];
  return {
    ...(countries ? { countries: sorted(given(countries).map(foldCountry)) } : {}),
    ...(segments ? { segments: sorted(given(segments)) } : {}),
    ...(accountOwner
      ? {
          accountOwners: sorted(
            (accountOwner === 'SUBJECT' ? [caller.subject] : given(accountOwner)).map(key),
          ),
        }
      : {}),
  };
}

/**
 * What each caller sees, decided once for as long as it is the same caller. Whoever works within the graph sees all.
 * @param rules null where everybody sees all
 */
export function rowsBy(rules: readonly RowRule[] | null, ownerKey: OwnerKey): RowsOf {
  if (rules === null) return () => null;
  const known = new WeakMap<Principal, { readonly rows: Rows }>();
  return ({ principal, caller }) => {
    if (caller === 'coordination') return null;
    const found = known.get(principal) ?? { rows: rowsFor(rules, principal, ownerKey) };
    known.set(principal, found);
    return found.rows;
  };
}

/** A text that is another one for other rules; absent without any. */
export function nameOfRules(rules: readonly RowRule[] | null): string | undefined {
  return rules === null ? undefined : digest(rules);
}
