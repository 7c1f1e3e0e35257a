import { randomUUID } from 'node:crypto';
import type { Started } from '../../coordination/workflows/workflows.ts';
import type { Stage } from './stage.ts';

/** Two customers that all three systems have, the other one with a person at its account. */
export interface Two {
  readonly survivor: string;
  readonly other: string;
}

/** A customer that all three systems have. */
export async function company(stage: Stage, name: string, website: string | null = null): Promise<string> {
  const id = randomUUID();
  await stage.start(id, {
    ...{ name, country: 'US', ...(website === null ? {} : { website }) },
    billingAddress: {
      lines: ['1 Main Street'],
      city: 'Portland',
      region: 'OR',
      postalCode: '97209',
      country: 'US',
    },
    taxRegistrations: [{ country: 'US', kind: 'EIN', number: '911144442', validFrom: null, validTo: null }],
  });
  await stage.process().carryOn();
  return id;
}

export async function companies(stage: Stage): Promise<Two> {
  const survivor = await company(stage, `Staying ${randomUUID()}`);
  const other = await company(stage, `Joining ${randomUUID()}`, 'https://joining.example');
  const account = await keyOf(stage, 'CRM', other);
  const body = { AccountId: account, Name: 'Jo Person', Email: 'jo@joining.example' };
  await stage.system('crm', { method: 'POST', path: '/services/data/v1/sobjects/Contact', body });
  return { survivor, other };
}

/** The key of the record of a system that a customer is read from. */
export async function keyOf(stage: Stage, system: 'CRM' | 'ERP' | 'BILLING', id: string): Promise<string> {
  const found = (await stage.identity.crosswalk.keysOf([id])).get(id)?.[system];
  if (found === undefined) throw new Error(`${system} has no record of ${id}`);
  return found;
}

/** Carries on until a workflow is over, and gives it. */
export async function ends(stage: Stage, { workflow }: Started) {
  if (!workflow) throw new Error('nothing was started');
  await stage.process().carryOn();
  return stage.view(workflow.id);
}

/** Every record and whose it is, in the order in which it is looked at. */
export async function crosswalk(stage: Stage): Promise<readonly string[]> {
  const ids = await stage.db.query<{ id: string }>('select id from identity_customer order by id');
  const found = await stage.identity.crosswalk.registrations(ids.map(({ id }) => id));
  return [...found].map(
    ([asked, { id, records: own }]) =>
      `${asked} ${id} ${own.map(({ system, key }) => `${system}:${key}`).join(' ')}`,
  );
}

/** What the systems have, in their own words; not which version it is. */
export async function records(stage: Stage): Promise<readonly unknown[]> {
  const tables = ['crm_account', 'crm_contact', 'erp_business_partner', 'billing_customer'];
  const found = await Promise.all(
    tables.map((table) =>
      stage.db.query(`select key, jsonb_strip_nulls(body) as body, deleted from ${table} order by key`),
    ),
  );
  return found.flat();
}
