import { Decimal } from 'decimal.js';
import type { PaymentTerms } from '../../schema/generated/erp.ts';
import type { BusinessPartner, PartnerTerms } from './partner.ts';

/** Payment terms of the ERP in the graph's words. */
export function termsOf(terms: PartnerTerms): PaymentTerms {
  return {
    code: terms.PaymentTerms,
    description: terms.PaymentTermsDescription,
    netDays: terms.NetPaymentDays,
    discountPercent: terms.CashDiscount1Percent && new Decimal(terms.CashDiscount1Percent).toFixed(),
    discountDays: terms.CashDiscount1Days,
  };
}

/** Only the code is written: what it means is in the ERP's own table. */
export function termsFields(terms: Pick<PaymentTerms, 'code'> | null): Pick<BusinessPartner, 'PaymentTerms'> {
  return { PaymentTerms: terms?.code ?? null };
}
