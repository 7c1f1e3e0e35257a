import { address } from './address.ts';
import { money } from './money.ts';
import type { MembersRule } from './rule.ts';
import { taxRegistration } from './tax-registration.ts';

/** Rules over the members of an object, by the name of its input type. */
export const objectRules: ReadonlyMap<string, readonly MembersRule[]> = new Map([
  ['AddressInput', address],
  ['MoneyInput', [money]],
  ['TaxRegistrationInput', taxRegistration],
]);
