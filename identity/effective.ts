import type { StatedKeys } from './columns.ts';
import type { MatchKeys } from './facts.ts';
import type { SystemName } from './systems.ts';

/** What a customer may have several of. */
type Lists = Omit<MatchKeys, 'name' | 'country'>;

/** Match keys as one record states them: null where it never stated the kind, empty where it no longer does. */
export type Stated = { readonly [K in keyof StatedKeys]: StatedKeys[K] | null } & {
  readonly system: SystemName;
};

/** What a customer has one of. */
type One = 'name' | 'country' | 'segment' | 'accountOwner';

/** Whose word counts when systems differ, first of all first; the contract says the same of the attributes. */
const precedence: Readonly<Record<One, readonly SystemName[]>> = {
  name: ['CRM', 'ERP', 'BILLING'],
  country: ['ERP', 'BILLING', 'CRM'],
  segment: ['CRM'],
  accountOwner: ['CRM'],
};

function first(records: readonly Stated[], kind: One): string | undefined {
  const stating = records.filter((record) => record[kind] !== null);
  if (stating.length === 0) return undefined;
  const rank = ({ system }: Stated) => {
    const at = precedence[kind].indexOf(system);
    return at < 0 ? precedence[kind].length : at;
  };
  const ranked = stating.filter((record) => record[kind] !== '').sort((a, b) => rank(a) - rank(b));
  return ranked[0]?.[kind] ?? '';
}

function all(records: readonly Stated[], kind: keyof Lists): readonly string[] | undefined {
  const stating = records.flatMap((record) => (record[kind] === null ? [] : [record[kind]]));
  return stating.length === 0 ? undefined : [...new Set(stating.flat())].sort();
}

/**
 * The keys by which a customer is found: of what its records state, the name and the country of the most competent
 * system, and every identifier. A kind that no record ever stated keeps what was known at enrolment.
 * @param records of the customer, the longest linked first
 */
export function effectiveKeys(enrolled: StatedKeys, records: readonly Stated[]): StatedKeys {
  const one = (kind: One) => {
    const stated = first(records, kind) ?? enrolled[kind];
    return stated === '' ? null : stated;
  };
  const list = (kind: keyof Lists) => all(records, kind) ?? enrolled[kind];
  return {
    name: first(records, 'name') ?? enrolled.name,
    country: one('country'),
    taxIds: list('taxIds'),
    leis: list('leis'),
    domains: list('domains'),
    addresses: list('addresses'),
    phones: list('phones'),
    ibans: list('ibans'),
    segment: one('segment'),
    accountOwner: one('accountOwner'),
  };
}
