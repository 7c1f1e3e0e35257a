import type { MatchKeys } from '../facts.ts';
import { addressOf, type Address } from './address.ts';
import { ownDomains } from './free-mail.ts';
import { labelOf, type Domains } from './identifiers.ts';
import { nameOf, type Name } from './name.ts';

/** A customer as customers are compared: its keys taken apart once, for many comparisons. */
export interface Profile extends Domains, Omit<MatchKeys, 'name' | 'addresses' | 'domains'> {
  /** Null for one that has no name. */
  readonly name: Name | null;
  readonly addresses: readonly Address[];
}

/** Addresses of one customer that are compared, so that two with hundreds of branches take no time of their own. */
const mostAddresses = 10;

export function profileOf(keys: MatchKeys): Profile {
  const domains = ownDomains(keys.domains);
  return {
    ...keys,
    name: keys.name === '' ? null : nameOf(keys.name, keys.country),
    domains,
    labels: domains.map(labelOf),
    addresses: keys.addresses.slice(0, mostAddresses).map(addressOf),
  };
}
