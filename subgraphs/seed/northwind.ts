import { loadBilling } from '../billing/index.ts';
import { crmTables } from '../crm/index.ts';
import { erpTables } from '../erp/index.ts';
import type { Store } from '../store.ts';
import { readFeeds } from './feeds.ts';
import { recordsOf } from './northwind/records.ts';
import { readNorthwind } from './northwind/rows.ts';

/** What filling a store with the sample needs. */
export interface NorthwindOrder extends Store {
  /** Told in plain sentences how far it is. */
  readonly progress: (line: string) => void;
}

/**
 * Fills the three sandbox systems with the Northwind sample, and links the records of each customer; to the change feed
 * they have been there from the beginning. Running again
 * changes nothing; what was changed in the systems since stays changed.
 * @returns how many customers and invoices the sample has
 */
export async function seedNorthwind(
  order: NorthwindOrder,
): Promise<{ readonly customers: number; readonly invoices: number }> {
  const { db, identity, progress } = order;
  progress('Filling the empty store with the sample data of Northwind.');
  const records = recordsOf(await readNorthwind());
  const invoices = records.flatMap((one) => one.invoices);
  await db.transaction(async (tx) => {
    const { accounts, contacts } = crmTables(tx);
    await accounts.load(records.map(({ account }) => account));
    await contacts.load(records.map(({ contact }) => contact));
    progress(`CRM: ${records.length} accounts and their contacts.`);
    await erpTables(tx).partners.load(records.map(({ partner }) => partner));
    progress(`ERP: ${records.length} business partners.`);
    await loadBilling(tx, { customers: records.map(({ payer }) => payer), invoices, subscriptions: [] });
    progress(`Billing: ${records.length} customers with ${invoices.length} invoices.`);
  });
  await identity.register.enrol(
    records.map(({ account, partner, payer, country }) => ({
      records: [
        { system: 'CRM' as const, key: account.key },
        { system: 'ERP' as const, key: partner.key },
        { system: 'BILLING' as const, key: payer.key },
      ],
      facts: { name: account.body.Name, country },
    })),
  );
  await readFeeds(order);
  progress(`${records.length} customers are in the graph.`);
  return { customers: records.length, invoices: invoices.length };
}
