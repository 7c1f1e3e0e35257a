/** The systems' own records of a synthetic population, the same that `npm run seed` writes. */
import type { BillingCustomer } from '../../subgraphs/billing/index.ts';
import type { Versioned } from '../../subgraphs/connector.ts';
import type { Account } from '../../subgraphs/crm/index.ts';
import type { BusinessPartner } from '../../subgraphs/erp/index.ts';
import { termsTable } from '../../subgraphs/erp/terms-table.ts';
import { customerAt } from '../../subgraphs/seed/population/customer.ts';
import { invoicesOf, payerOf } from '../../subgraphs/seed/synthetic/billing.ts';
import { accountOf } from '../../subgraphs/seed/synthetic/crm.ts';
import { partnerOf } from '../../subgraphs/seed/synthetic/erp.ts';
import { keysOf, type Keys } from '../../subgraphs/seed/synthetic/keys.ts';

const seed = 1;
const updatedAt = '2026-06-30T00:00:00Z';

/** Who knows whom by which key, and each system's own records by its own key. */
export interface Population {
  /** In the order of the list of customers. */
  readonly customers: readonly Keys[];
  readonly accounts: ReadonlyMap<string, Versioned<Account>>;
  readonly partners: ReadonlyMap<string, Versioned<BusinessPartner>>;
  readonly payers: ReadonlyMap<string, Versioned<BillingCustomer>>;
}

/** A population in which every system knows every customer, the same whenever it is made. */
export function populationOf(size: number): Population {
  const customers: Keys[] = [];
  const accounts = new Map<string, Versioned<Account>>();
  const partners = new Map<string, Versioned<BusinessPartner>>();
  const payers = new Map<string, Versioned<BillingCustomer>>();
  for (let index = 0; index < size; index++) {
    const customer = customerAt(seed, index);
    const keys = keysOf(seed, index);
    const account = accountOf(seed, customer, keys).body;
    const partner = partnerOf(seed, customer, keys).body;
    const payer = payerOf(seed, customer, keys).body;
    const open = invoicesOf(seed, customer, keys).filter(({ body }) => body.status === 'open');
    const balance = open.reduce((sum, { body }) => sum + body.amount_due, 0);
    const terms = partner.PaymentTerms === null ? null : (termsTable.get(partner.PaymentTerms) ?? null);
    const stamp = { version: '1', updatedAt };
    customers.push(keys);
    accounts.set(keys.account, {
      key: keys.account,
      ...stamp,
      record: { ...account, CreatedDate: `${customer.since}T00:00:00Z` },
    });
    partners.set(keys.partner, {
      key: keys.partner,
      ...stamp,
      record: { ...partner, to_PaymentTerms: terms },
    });
    payers.set(keys.payer, { key: keys.payer, ...stamp, record: { ...payer, balance } });
  }
  return { customers, accounts, partners, payers };
}

/** Ids of the population, without making it. */
export const idAt = (index: number): string => keysOf(seed, index).id;
