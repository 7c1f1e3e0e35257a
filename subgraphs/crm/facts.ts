import type { Facts } from '../../identity/facts.ts';
import type { Account, Contact } from './account.ts';

/** What an account and its people say of their customer, for the register. */
export function accountFacts(
  { Name: name, Website }: Pick<Account, 'Name' | 'Website'>,
  people: readonly Pick<Contact, 'Email'>[],
): Facts {
  const domains = [Website, ...people.map(({ Email }) => Email)].filter((one) => one !== null);
  return { name, domains };
}
