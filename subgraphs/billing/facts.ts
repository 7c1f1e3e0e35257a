import type { Facts } from '../../identity/facts.ts';
import type { BillingCustomer } from './customer.ts';

/** What a customer of the billing system says of the graph's, for the register. */
export function payerFacts({
  name,
  business,
  address,
  invoice_settings,
  bank_account,
}: Pick<BillingCustomer, 'name' | 'business' | 'address' | 'invoice_settings' | 'bank_account'>): Facts {
  return {
    name: name ?? business?.legal_name,
    country: business?.country ?? address?.country,
    leis: business?.lei ? [business.lei] : [],
    domains: invoice_settings?.email ? [invoice_settings.email] : [],
    addresses: address
      ? [{ ...address, street: address.lines.join(' '), postalCode: address.postal_code }]
      : [],
    ibans: bank_account ? [bank_account.iban] : [],
  };
}
