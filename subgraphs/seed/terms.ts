import type { BillingCustomer } from '../billing/index.ts';

/** The ERP's code for payment within a number of days without a discount: `N030`. */
export function termsCode(netDays: number): string {
  return `N${String(netDays).padStart(3, '0')}`;
}

/** The billing system's copy of these terms, in the words of the ERP's table. */
export function billedTerms(netDays: number): NonNullable<BillingCustomer['terms']> {
  return {
    code: termsCode(netDays),
    label: netDays === 0 ? 'Due on receipt' : `Net ${netDays} days`,
    days_until_due: netDays,
    discount_percent: null,
    discount_days: null,
  };
}
