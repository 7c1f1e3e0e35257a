import type { PartnerTerms } from './partner.ts';

const row = (
  code: string,
  text: string,
  net: number,
  percent: string | null = null,
  days: number | null = null,
) => ({
  PaymentTerms: code,
  PaymentTermsDescription: text,
  NetPaymentDays: net,
  CashDiscount1Percent: percent,
  CashDiscount1Days: days,
});

/** The sandbox's table of payment terms, by code. */
export const termsTable: ReadonlyMap<string, PartnerTerms> = new Map(
  [
    row('PREP', 'Prepayment', 0),
    row('N000', 'Due on receipt', 0),
    row('N014', 'Net 14 days', 14),
    row('N030', 'Net 30 days', 30),
    row('N045', 'Net 45 days', 45),
    row('N060', 'Net 60 days', 60),
    row('N090', 'Net 90 days', 90),
    row('D230', '2 % within 10 days, net 30 days', 30, '2.000', 10),
    row('D345', '3 % within 14 days, net 45 days', 45, '3.000', 14),
  ].map((terms) => [terms.PaymentTerms, terms]),
);
