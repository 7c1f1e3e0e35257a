import { loadBilling, payerFacts } from '../billing/index.ts';
import { accountFacts, crmTables } from '../crm/index.ts';
import { erpTables, partnerFacts } from '../erp/index.ts';
import type { Enrolment, Identity } from '../../identity/index.ts';
import type { Queryable } from '../../runtime/db/index.ts';
import { customerAt, type SyntheticCustomer } from './population/customer.ts';
import type { Store } from '../store.ts';
import { holdFeeds, type HeldFeeds } from './feeds.ts';
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

/** A customer with the records that the systems are to have of it. */
interface Made {
  readonly customer: SyntheticCustomer;
  readonly keys: Keys;
  readonly account: ReturnType<typeof accountOf>;
  readonly contacts: ReturnType<typeof contactsOf>;
  readonly buyer: Buyer | null;
}
interface Buyer {
  readonly partner: ReturnType<typeof partnerOf>;
  readonly payer: ReturnType<typeof payerOf>;
  readonly invoices: ReturnType<typeof invoicesOf>;
  readonly subscriptions: ReturnType<typeof subscriptionsOf>;
}

/**
 * Fills the sandbox systems with synthetic customers and enrols them. The same seed gives the same records, and the
 * first thousand of a million are the same as those of a thousand. Whole batches that are there already are passed
 * over, so that a seeding that was broken off goes on where it was. From the second batch on the register is told what
 * the systems would tell it, and their feeds are passed: nobody else may write to the systems meanwhile, unless a
 * running process follows the feeds.
 */
export async function seedSynthetic(order: SyntheticOrder): Promise<SeedProgress> {
  const { db, identity, customers, seed, observe, signal } = order;
  let progress: SeedProgress = { done: 0, found: 0 };
  let feeds: HeldFeeds | undefined;
  try {
    for (let from = 0; from < customers && signal?.aborted !== true; from += batchSize) {
      const to = Math.min(from + batchSize, customers);
      // Enrolling comes before the rest, and in order: where the last one is known, the batch is complete.
      const last = keysOf(seed, to - 1).account;
      const known = await identity.crosswalk.idsOf('CRM', [last]);
      if (!known.has(last)) {
        const made = batchAt(seed, from, to);
        await db.transaction((tx) => load(tx, made));
        await identity.register.enrol(made.map(enrolmentOf));
        if (feeds) {
          await state(identity, made);
          await feeds.pass();
        } else if (to < customers) {
          // Not before the first batch: it may be one that was broken off, with records that nobody has enrolled yet. The
          // one before it may have been broken off between its enrolment and what comes after.
          if (from > 0) await state(identity, batchAt(seed, from - batchSize, from));
          feeds = await holdFeeds(order);
        }
      }
      progress = { done: to, found: progress.found + (known.has(last) ? to - from : 0) };
      observe?.(progress);
    }
  } finally {
    await feeds?.release();
  }
  return progress;
}

function batchAt(seed: number, from: number, to: number): readonly Made[] {
  return Array.from({ length: to - from }, (_, i) => make(seed, from + i));
}

function make(seed: number, index: number): Made {
  const customer = customerAt(seed, index);
  const keys = keysOf(seed, index);
  return {
    customer,
    keys,
    account: accountOf(seed, customer, keys),
    contacts: contactsOf(seed, customer, keys),
    // Whom only sales knows has no record in the ERP and in billing.
    buyer:
      customer.stage === 'prospect'
        ? null
        : {
            partner: partnerOf(seed, customer, keys),
            payer: payerOf(seed, customer, keys),
            invoices: invoicesOf(seed, customer, keys),
            subscriptions: subscriptionsOf(seed, customer, keys),
          },
  };
}

const buyersOf = (made: readonly Made[]): readonly Buyer[] => made.flatMap(({ buyer }) => buyer ?? []);

async function load(tx: Queryable, made: readonly Made[]): Promise<void> {
  const { accounts, contacts } = crmTables(tx);
  await accounts.load(made.map(({ account }) => account));
  await contacts.load(made.flatMap((one) => one.contacts));
  const buyers = buyersOf(made);
  await erpTables(tx).partners.load(buyers.map(({ partner }) => partner));
  await loadBilling(tx, {
    customers: buyers.map(({ payer }) => payer),
    invoices: buyers.flatMap(({ invoices }) => invoices),
    subscriptions: buyers.flatMap(({ subscriptions }) => subscriptions),
  });
}

/** Tells the register what the systems would tell it of these records. */
async function state({ register }: Identity, made: readonly Made[]): Promise<void> {
  const buyers = buyersOf(made);
  await register.refresh(
    'CRM',
    made.map(({ account, contacts }) => ({
      key: account.key,
      facts: accountFacts(
        account.body,
        contacts.map(({ body }) => body),
      ),
    })),
  );
  await register.refresh(
    'ERP',
    buyers.map(({ partner }) => ({ key: partner.key, facts: partnerFacts(partner.body) })),
  );
  await register.refresh(
    'BILLING',
    buyers.map(({ payer }) => ({ key: payer.key, facts: payerFacts(payer.body) })),
  );
}

function enrolmentOf({ customer, keys, buyer }: Made): Enrolment {
  const account = { system: 'CRM' as const, key: keys.account };
  const others = [
    { system: 'ERP' as const, key: keys.partner },
    { system: 'BILLING' as const, key: keys.payer },
  ];
  return {
    id: keys.id,
    records: buyer ? [account, ...others] : [account],
    facts: {
      name: customer.name,
      domains: [customer.domain],
      ...(buyer
        ? {
            country: customer.country.code,
            taxIds: [customer.register.taxId],
            leis: customer.lei === null ? [] : [customer.lei],
          }
        : {}),
    },
  };
}
