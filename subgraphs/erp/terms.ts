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

/** The code that is written, and what the writer takes it to mean: the ERP refuses it where its table says otherwise. */
export function termsFields(
  terms: PaymentTerms | null,
): Pick<BusinessPartner, 'PaymentTerms' | 'to_PaymentTerms'> {
  if (terms === null) return { PaymentTerms: null, to_PaymentTerms: null };
  return {
    PaymentTerms: terms.code,
    to_PaymentTerms: {
      PaymentTerms: terms.code,
      PaymentTermsDescription: terms.description,
      NetPaymentDays: terms.netDays,
      CashDiscount1Percent: terms.discountPercent && new Decimal(terms.discountPercent).toFixed(3),
      CashDiscount1Days: terms.discountDays,
    },
  };
}
