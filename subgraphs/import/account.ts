import { isDeepStrictEqual } from 'node:util';
import {
  accountFacts,
  blankAccount,
  blankContact,
  crmTables,
  crmId,
  faultsIn,
  type AccountBody,
  type ContactBody,
} from '../crm/index.ts';
import type { Facts } from '../../identity/index.ts';
import type { Queryable } from '../../runtime/db/index.ts';
import type { Stored } from '../sandbox/table.ts';
import { roleOf } from '../seed/role.ts';
import type { AccountRow } from './row.ts';

/** What becomes of the account of a row. */
export interface Outcome {
  readonly row: AccountRow;
  readonly account: 'created' | 'changed' | 'unchanged';
  /** Null where the row names nobody. */
  readonly contact: 'created' | 'changed' | 'unchanged' | null;
  /** The account's key in the CRM; null in a dry run for one that would be made. */
  readonly key: string | null;
  /** What the account and its people say of the customer, as the register wants it. */
  readonly facts: Facts;
}

export type Decided = Outcome | { readonly row: AccountRow; readonly faults: readonly string[] };

/** The values that differ from those that are there. */
function differing<Body extends object>(present: Body, said: Partial<Body>): Partial<Body> {
  const there = new Map<string, unknown>(Object.entries(present));
  const different = Object.entries(said).filter(
    ([name, value]) => !isDeepStrictEqual(value, there.get(name) ?? null),
  );
  return Object.fromEntries(different) as Partial<Body>;
}

/** An owner without an e-mail address is the one that the account has, where the name is the same. */
function withOwnerOf({ Owner: present }: AccountBody, said: Partial<AccountBody>): Partial<AccountBody> {
  const same = said.Owner?.Email === null && said.Owner.Name === present?.Name;
  return same ? { ...said, Owner: present } : said;
}

/** Puts the account and the person of a row into the CRM, where there is something to put; `dry` only decides. */
export async function applyRow(tx: Queryable, row: AccountRow, dry: boolean): Promise<Decided> {
  const { accounts } = crmTables(tx);
  const present = await accounts.byExternal(row.number);
  const changes = present ? differing(present.body, withOwnerOf(present.body, row.account)) : {};
  const body: AccountBody = present ? { ...present.body, ...changes } : { ...blankAccount, ...row.account };
  const wrong = present ? [] : faultsIn(body);
  if (wrong.length > 0) return { row, faults: wrong.map(({ message }) => message) };

  let key = present?.key ?? null;
  if (!present && !dry) {
    const stored = await accounts.insert({ key: crmId('001'), body });
    if (!stored)
      return { row, faults: [`the CRM once had an account with the number "${row.number}" and deleted it`] };
    key = stored.key;
  }
  const changed = Object.keys(changes).length > 0;
  if (present && changed && !dry) await accounts.update(present.key, changes);

  const people = key === null ? [] : await peopleOf(tx, key);
  const { contact, person } = await applyContact(tx, { row, key, people, dry });
  return {
    row,
    account: present ? (changed ? 'changed' : 'unchanged') : 'created',
    contact,
    key,
    facts: accountFacts(body, [...people.map((one) => one.body), { ...blankContact, ...person }]),
  };
}

async function peopleOf(tx: Queryable, account: string): Promise<readonly Stored<ContactBody>[]> {
  const pages = await crmTables(tx).contacts.rowsOf([account], { first: 1000, after: null, where: {} });
  return pages.get(account)?.rows.map(({ stored }) => stored) ?? [];
}

/** The person is recognised by e-mail address, or else by name. */
async function applyContact(
  tx: Queryable,
  at: { row: AccountRow; key: string | null; people: readonly Stored<ContactBody>[]; dry: boolean },
): Promise<{ contact: Outcome['contact']; person: Partial<ContactBody> | null }> {
  const { row, key, people, dry } = at;
  const said = row.contact;
  if (said === null) return { contact: null, person: null };
  const { contacts } = crmTables(tx);
  const present =
    people.find(({ body }) => said.Email != null && body.Email?.toLowerCase() === said.Email.toLowerCase()) ??
    people.find(({ body }) => body.Name.toLowerCase() === said.Name.toLowerCase());
  if (!present) {
    const body = { ...blankContact, AccountId: key ?? '', Roles__c: [roleOf(said.Title ?? '')], ...said };
    if (key !== null && !dry) await contacts.insert({ key: crmId('003'), body });
    return { contact: 'created', person: said };
  }
  const changes = differing(present.body, said);
  if (Object.keys(changes).length === 0) return { contact: 'unchanged', person: said };
  if (!dry) await contacts.update(present.key, changes);
  return { contact: 'changed', person: said };
}
