import type { Facts } from '../../identity/facts.ts';
import type { Account, Contact } from './account.ts';

/** What an account and its people say of their customer, for the register. */
export function accountFacts(
  { Name: name, Website, Phone }: Pick<Account, 'Name' | 'Website' | 'Phone'>,
  people: readonly Pick<Contact, 'Email' | 'Phone'>[],
): Facts {
  return {
    name,
    domains: given([Website, ...people.map(({ Email }) => Email)]),
    phones: given([Phone, ...people.map((person) => person.Phone)]),
  };
}

const given = (values: readonly (string | null)[]) => values.filter((one) => one !== null);
