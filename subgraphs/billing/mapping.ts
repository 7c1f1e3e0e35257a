import type {
  Customer,
  CustomerInvoicesArgs,
  CustomerSubscriptionsArgs,
} from '../../schema/generated/billing.ts';
import { Failure } from '../../runtime/failure.ts';
import { lensesOf, vocabulary, type Mapping, type Vocabulary } from '../lens.ts';
import { decimalAmount } from './currency.ts';
import type { BillingCustomer, BillingInvoice, BillingSubscription } from './customer.ts';
import { dayOf, instantOf } from './times.ts';

const { coded, field, listed, made, shown } = lensesOf<BillingCustomer>();

const channels = vocabulary({ EMAIL: 'email', POST: 'post', E_INVOICE: 'e_invoice', PORTAL: 'portal' });
const dunning = vocabulary({
  NONE: 'current',
  REMINDED: 'reminder_sent',
  FINAL_NOTICE: 'final_notice',
  COLLECTION: 'in_collections',
});
const collections = vocabulary({ ACTIVE: 'active', PAUSED: 'paused', CLOSED: 'closed' });
const paymentKinds = vocabulary({
  CARD: 'card',
  DIRECT_DEBIT: 'direct_debit',
  BANK_TRANSFER: 'bank_transfer',
  CHECK: 'check',
});
const subscriptionStatuses = vocabulary({
  TRIALING: 'trialing',
  ACTIVE: 'active',
  PAST_DUE: 'past_due',
  PAUSED: 'paused',
  CANCELED: 'canceled',
});
const invoiceStatuses = vocabulary({
  DRAFT: 'draft',
  OPEN: 'open',
  PAID: 'paid',
  VOID: 'void',
  UNCOLLECTIBLE: 'uncollectible',
});
const intervals = vocabulary({ MONTH: 'month', QUARTER: 'quarter', YEAR: 'year' });

/** Attribute by attribute: where the billing system keeps it. */
export const mapping = {
  billingCurrency: made(
    ['currency'],
    ({ currency }) => currency?.toUpperCase() ?? null,
    // Of a new customer only; nobody can make a customer without one.
    (code) => (code === null ? {} : { currency: code.toLowerCase() }),
  ),
  balance: shown(['balance', 'currency'], ({ balance, currency }) =>
    balance === undefined || currency === undefined ? null : moneyOf(balance, currency),
  ),
  invoiceDelivery: made(
    ['invoice_settings'],
    ({ invoice_settings: to }) => {
      const channel = channels.meaning(to?.delivery);
      return to && channel ? { channel, email: to.email } : null;
    },
    (to) => ({ invoice_settings: to && { delivery: channels.word(to.channel), email: to.email } }),
  ),
  dunningState: coded('delinquency', dunning),
  collection: made(
    ['collection'],
    ({ collection }) => collections.meaning(collection ?? 'active'),
    (state) => ({ collection: collections.word(state ?? 'ACTIVE') }),
  ),
  paymentMethod: shown(['default_payment_method'], ({ default_payment_method: method }) => {
    const kind = paymentKinds.meaning(method?.type);
    return method && kind
      ? {
          kind,
          lastFour: method.last4,
          brand: method.brand,
          expires: monthOf(method.exp_year, method.exp_month),
        }
      : null;
  }),
  bankAccount: made(
    ['bank_account'],
    ({ bank_account: account }) => (account ? { iban: account.iban, holder: account.holder_name } : null),
    (account) => ({ bank_account: account && { iban: account.iban, holder_name: account.holder } }),
  ),
  provisioningId: field('provisioning_id'),
  subscriptions: listed('subscription', subscriptionOf, ({ status }: Partial<CustomerSubscriptionsArgs>) =>
    status ? { status: subscriptionStatuses.word(status) } : {},
  ),
  invoices: listed('invoice', invoiceOf, ({ status }: Partial<CustomerInvoicesArgs>) =>
    status ? { status: invoiceStatuses.word(status) } : {},
  ),
} satisfies Mapping<Customer, BillingCustomer, 'group' | 'groupBalance'>;

function moneyOf(minor: number, code: string) {
  const currency = code.toUpperCase();
  return { amount: decimalAmount(minor, currency), currency };
}

function monthOf(year: number | null, month: number | null): string | null {
  return year === null || month === null ? null : `${year}-${String(month).padStart(2, '0')}`;
}

function invoiceOf(invoice: BillingInvoice) {
  const { id, number, status, currency, created, due_date, paid_at, total, amount_due } = invoice;
  return {
    id,
    number,
    status: meant(invoiceStatuses, status),
    issuedOn: dayOf(created),
    dueOn: due_date === null ? null : dayOf(due_date),
    paidOn: paid_at === null ? null : dayOf(paid_at),
    total: moneyOf(total, currency),
    amountDue: moneyOf(amount_due, currency),
  };
}

function subscriptionOf(subscription: BillingSubscription) {
  const { id, plan, status, quantity, unit_amount, currency, interval, created } = subscription;
  return {
    id,
    plan,
    status: meant(subscriptionStatuses, status),
    quantity,
    unitPrice: moneyOf(unit_amount, currency),
    interval: meant(intervals, interval),
    startedAt: instantOf(created),
    currentPeriodEnd:
      subscription.current_period_end === null ? null : instantOf(subscription.current_period_end),
  };
}

/** The graph's value for a word that must have one: to guess would be to lie about money. */
function meant<V extends string>(words: Vocabulary<V, string>, word: string): V {
  const value = words.meaning(word);
  if (value === null) {
    throw new Failure('INTERNAL_SERVER_ERROR', 'The system "billing" uses a word that the graph lacks.', {
      system: 'billing',
      cause: { word },
    });
  }
  return value;
}
