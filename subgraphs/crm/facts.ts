import type { Facts } from '../../identity/facts.ts';
import type { Account, Contact } from './account.ts';
import { mapping } from './mapping.ts';

/** What an account and its people say of their customer, for the register. */
export function accountFacts(
  account: Pick<Account, 'Name' | 'Website' | 'Phone' | 'Customer_Segment__c' | 'Owner'>,
  people: readonly Pick<Contact, 'Email' | 'Phone'>[],
): Facts {
  const { Name: name, Website, Phone, Owner } = account;
  return {
    name,
    domains: given([Website, ...people.map(({ Email }) => Email)]),
    phones: given([Phone, ...people.map((person) => person.Phone)]),
    segment: mapping.segment.get(account),
    accountOwner: Owner?.Email,
  };
}

const given = (values: readonly (string | null)[]) => values.filter((one) => one !== null);
