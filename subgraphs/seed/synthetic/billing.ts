import {
  billingId,
  type BillingCustomer,
  type BillingInvoice,
  type BillingSubscription,
} from '../../billing/index.ts';
import type { Draft } from '../../sandbox/table.ts';
import { drawsOf } from '../population/draws.ts';
import { lastDay, type SyntheticCustomer } from '../population/customer.ts';
import { billedTerms } from '../terms.ts';
import type { Keys } from './keys.ts';

/** What is drawn for the billing system only. */
const kind = 6;
const day = 86_400;
/** Unix seconds. */
const end = lastDay / 1000;

/** The customer as the billing system knows it; its balance follows from its invoices. */
export function payerOf(
  seed: number,
  customer: SyntheticCustomer,
  { account, payer }: Keys,
): Draft<Omit<BillingCustomer, 'balance'>> {
  const { index, country, register, places, people, charges, netDays } = customer;
  const draws = drawsOf(seed, kind, index);
  const payables = people.find(({ roles }) => roles.includes('Accounts Payable')) ?? people[0];
  const email = payables?.email ?? null;
  const overdue = charges.invoices.some(({ status, age }) => status === 'open' && age > netDays + 10);
  const [place] = places;
  return {
    key: payer,
    body: {
      metadata: { account },
      name: customer.name,
      currency: country.currency.toLowerCase(),
      invoice_settings: {
        delivery:
          email === null ? draws.pick(['post', 'portal']) : draws.pick(['email', 'email', 'e_invoice']),
        email,
      },
      delinquency: overdue
        ? draws.weighted([
            ['reminder_sent', 6],
            ['final_notice', 2],
            ['in_collections', 1],
            ['current', 2],
          ] as const)
        : 'current',
      default_payment_method: methodOf(seed, index),
      bank_account: null,
      provisioning_id: customer.stage === 'onboarding' ? null : `acct-${seed}-${index.toString(36)}`,
      business: {
        legal_name: customer.registeredName,
        lei: customer.lei,
        country: country.code,
        registration_number: register.registration,
        legal_form: customer.legalForm,
      },
      address: {
        lines: place.lines,
        city: place.city,
        state: place.region,
        postal_code: place.postalCode,
        country: place.country,
      },
      terms: billedTerms(netDays),
      created: Date.parse(customer.since) / 1000,
    },
  };
}

function methodOf(seed: number, index: number): BillingCustomer['default_payment_method'] {
  const draws = drawsOf(seed, kind + 1, index);
  const type = draws.weighted([
    ['bank_transfer', 6],
    ['direct_debit', 3],
    ['card', 3],
    ['check', 1],
  ] as const);
  const card = type === 'card';
  return {
    type,
    brand: card ? draws.pick(['visa', 'mastercard', 'amex']) : null,
    last4: card || type === 'direct_debit' ? draws.pattern('####') : null,
    exp_month: card ? draws.between(1, 12) : null,
    exp_year: card ? draws.between(2027, 2031) : null,
  };
}

/** The customer's invoices. */
export function invoicesOf(
  seed: number,
  { index, country, charges, netDays }: SyntheticCustomer,
  { payer }: Keys,
): Draft<Omit<BillingInvoice, 'id'>>[] {
  return charges.invoices.map(({ total, due, status, age, paidAge }, position) => ({
    key: billingId('in', `synthetic ${seed} ${index} ${position}`),
    body: {
      customer: payer,
      number: `${seed}-${index + 1}-${String(position + 1).padStart(4, '0')}`,
      status,
      currency: country.currency.toLowerCase(),
      created: end - age * day,
      due_date: end - (age - netDays) * day,
      paid_at: paidAge === null ? null : end - paidAge * day,
      total,
      amount_due: due,
    },
  }));
}

/** What the customer is subscribed to. */
export function subscriptionsOf(
  seed: number,
  { index, country, charges }: SyntheticCustomer,
  { payer }: Keys,
): Draft<Omit<BillingSubscription, 'id'>>[] {
  return charges.subscriptions.map(
    ({ plan, quantity, unitAmount, interval, status, age, left }, position) => ({
      key: billingId('sub', `synthetic ${seed} ${index} ${position}`),
      body: {
        customer: payer,
        plan,
        quantity,
        unit_amount: unitAmount,
        currency: country.currency.toLowerCase(),
        interval,
        status,
        created: end - age * day,
        current_period_end: left === null ? null : end + left * day,
      },
    }),
  );
}
