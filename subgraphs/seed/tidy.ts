import type { Store } from '../store.ts';

/** What the sandbox systems keep their records in. */
const tables = [
  'crm_account',
  'crm_contact',
  'erp_business_partner',
  'billing_customer',
  'billing_invoice',
  'billing_subscription',
];

/** Lets the store plan by what its tables hold after many records came in at once. */
export async function tidy({ db, identity }: Store): Promise<void> {
  for (const table of tables) await db.query(`analyze ${table}`);
  await identity.register.tidy();
}
