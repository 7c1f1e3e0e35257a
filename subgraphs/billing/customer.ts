/** The billing system's customer. Null and absent are the same to it. Amounts are minor units, times unix seconds. */
export interface BillingCustomer {
  /** The CRM's id of the account; and of a customer that was made through the graph, its id there. */
  readonly metadata: { readonly account: string | null; readonly customer?: string | null };
  readonly name: string | null;
  /** ISO 4217 in small letters. Fixed when the customer is made. */
  readonly currency: string;
  /** What the open invoices leave to be paid; the billing system's own sum. */
  readonly balance: number;
  readonly invoice_settings: {
    readonly delivery: (typeof deliveries)[number];
    readonly email: string | null;
  } | null;
  readonly delinquency: (typeof delinquencies)[number] | null;
  /** Absent is active. */
  readonly collection?: (typeof collections)[number] | null;
  readonly default_payment_method: BillingPaymentMethod | null;
  readonly bank_account: { readonly iban: string; readonly holder_name: string } | null;
  readonly provisioning_id: string | null;
  readonly business: {
    readonly legal_name: string;
    readonly lei: string | null;
    readonly country: string | null;
    readonly registration_number: string | null;
    readonly legal_form: string | null;
  } | null;
  readonly address: {
    readonly lines: readonly string[];
    readonly city: string | null;
    readonly state: string | null;
    readonly postal_code: string | null;
    readonly country: string | null;
  } | null;
  readonly terms: {
    readonly code: string;
    readonly label: string;
    readonly days_until_due: number;
    /** Exact decimal, in percent. */
    readonly discount_percent: string | null;
    readonly discount_days: number | null;
  } | null;
  /** Given by the billing system. */
  readonly created: number;
}

/** A customer as the billing system's API shows it. */
export type ShownCustomer = BillingCustomer & {
  readonly id: string;
  readonly object: 'customer';
  readonly updated: number;
  readonly resource_version: number;
};

/** A summary of how a customer pays: never a number that could be used to pay. */
interface BillingPaymentMethod {
  readonly type: (typeof paymentTypes)[number];
  readonly brand: string | null;
  readonly last4: string | null;
  readonly exp_month: number | null;
  readonly exp_year: number | null;
}

export interface BillingInvoice {
  readonly id: string;
  readonly customer: string;
  readonly number: string;
  readonly status: (typeof invoiceStatuses)[number];
  readonly currency: string;
  readonly created: number;
  readonly due_date: number | null;
  readonly paid_at: number | null;
  readonly total: number;
  readonly amount_due: number;
}

export interface BillingSubscription {
  readonly id: string;
  readonly customer: string;
  readonly plan: string;
  readonly quantity: number;
  readonly unit_amount: number;
  readonly currency: string;
  readonly interval: 'month' | 'quarter' | 'year';
  readonly status: (typeof subscriptionStatuses)[number];
  readonly created: number;
  readonly current_period_end: number | null;
}

/** What a customer lists below itself. */
export interface BillingRows {
  readonly invoice: BillingInvoice;
  readonly subscription: BillingSubscription;
}

export const deliveries = ['email', 'post', 'e_invoice', 'portal'] as const;
export const delinquencies = ['current', 'reminder_sent', 'final_notice', 'in_collections'] as const;
export const collections = ['active', 'paused', 'closed'] as const;
export const paymentTypes = ['card', 'direct_debit', 'bank_transfer', 'check'] as const;
export const invoiceStatuses = ['draft', 'open', 'paid', 'void', 'uncollectible'] as const;
export const subscriptionStatuses = ['trialing', 'active', 'past_due', 'paused', 'canceled'] as const;

/** Every field of a customer. */
export const customerFields = Object.keys({
  metadata: true,
  name: true,
  currency: true,
  balance: true,
  invoice_settings: true,
  delinquency: true,
  collection: true,
  default_payment_method: true,
  bank_account: true,
  provisioning_id: true,
  business: true,
  address: true,
  terms: true,
  created: true,
} satisfies Record<keyof BillingCustomer, true>) as (keyof BillingCustomer)[];
