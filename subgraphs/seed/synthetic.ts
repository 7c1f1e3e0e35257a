import { loadBilling } from '../billing/index.ts';
import { crmTables } from '../crm/index.ts';
import { erpTables } from '../erp/index.ts';
import type { Enrolment } from '../../identity/index.ts';
import type { Queryable } from '../../runtime/db/index.ts';
import { customerAt, type SyntheticCustomer } from './population/customer.ts';
import type { Store } from '../store.ts';
import { invoicesOf, payerOf, subscriptionsOf } from './synthetic/billing.ts';
import { accountOf, contactsOf } from './synthetic/crm.ts';
import { partnerOf } from './synthetic/erp.ts';
import { keysOf, type Keys } from './synthetic/keys.ts';

/** Customers in memory, and in one transaction, at a time. */
export const batchSize = 1000;

export interface SyntheticOrder extends Store {
  /** How many customers the seed shall have in the store, those that it has already included. */
  readonly customers: number;
  readonly seed: number;
  /** Told after every batch. */
  readonly observe?: (progress: SeedProgress) => void;
  /** Ends the seeding between two batches. */
  readonly signal?: AbortSignal;
}

export interface SeedProgress {
  /** Customers that are in the store by now. */
  readonly done: number;
  /** How many of these were there before. */
  readonly found: number;
}

interface Made {
  readonly customer: SyntheticCustomer;
  readonly keys: Keys;
}

/**
 * Fills the sandbox systems with synthetic customers and enrols them. The same seed gives the same records, and the
 * first thousand of a million are the same as those of a thousand. Whole batches that are there already are passed
 * over, so that a seeding that was broken off goes on where it was.
 */
export async function seedSynthetic(order: SyntheticOrder): Promise<SeedProgress> {
  const { db, identity, customers, seed, observe, signal } = order;
  let progress: SeedProgress = { done: 0, found: 0 };
  for (let from = 0; from < customers && signal?.aborted !== true; from += batchSize) {
    const to = Math.min(from + batchSize, customers);
    // Enrolling comes last, and in order: where the last one is known, the batch is complete.
    const last = keysOf(seed, to - 1).account;
    const known = await identity.crosswalk.idsOf('CRM', [last]);
    if (!known.has(last)) {
      const made = Array.from({ length: to - from }, (_, i): Made => {
        return { customer: customerAt(seed, from + i), keys: keysOf(seed, from + i) };
      });
      await db.transaction((tx) => load(tx, seed, made));
      await identity.register.enrol(made.map(enrolmentOf));
    }
    progress = { done: to, found: progress.found + (known.has(last) ? to - from : 0) };
    observe?.(progress);
  }
  return progress;
}

/** Whom only sales knows has no record in the ERP and in billing. */
const buys = ({ customer }: Made): boolean => customer.stage !== 'prospect';

async function load(tx: Queryable, seed: number, made: readonly Made[]): Promise<void> {
  const { accounts, contacts } = crmTables(tx);
  await accounts.load(made.map(({ customer, keys }) => accountOf(seed, customer, keys)));
  await contacts.load(made.flatMap(({ customer, keys }) => contactsOf(seed, customer, keys)));
  const buyers = made.filter(buys);
  await erpTables(tx).partners.load(buyers.map(({ customer, keys }) => partnerOf(seed, customer, keys)));
  await loadBilling(tx, {
    customers: buyers.map(({ customer, keys }) => payerOf(seed, customer, keys)),
    invoices: buyers.flatMap(({ customer, keys }) => invoicesOf(seed, customer, keys)),
    subscriptions: buyers.flatMap(({ customer, keys }) => subscriptionsOf(seed, customer, keys)),
  });
}

function enrolmentOf(one: Made): Enrolment {
  const { customer, keys } = one;
  const account = { system: 'CRM' as const, key: keys.account };
  const others = [
    { system: 'ERP' as const, key: keys.partner },
    { system: 'BILLING' as const, key: keys.payer },
  ];
  return {
    id: keys.id,
    records: buys(one) ? [account, ...others] : [account],
    facts: {
      name: customer.name,
      domains: [customer.domain],
      ...(buys(one)
        ? {
            country: customer.country.code,
            taxIds: [customer.register.taxId],
            leis: customer.lei === null ? [] : [customer.lei],
          }
        : {}),
    },
  };
}
