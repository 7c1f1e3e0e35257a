import type { TaxIdKind, TaxRegistration } from '../../schema/generated/erp.ts';
import { endOfTime, type PartnerTax } from './partner.ts';

/** Countries whose value added tax is called goods and services tax. */
const goodsAndServices = new Set('AU CA IN MY NZ SG'.split(' '));

/** A tax number of the ERP in the graph's words. */
export function registrationOf(row: PartnerTax): TaxRegistration {
  const prefix = row.BPTaxType.slice(0, 2);
  return {
    country: prefix === 'XI' ? 'GB' : prefix, // Northern Ireland has VAT numbers of its own
    kind: kindOf(prefix, row.BPTaxType.slice(2)),
    number: row.BPTaxNumber.replace(/[^0-9A-Za-z]/g, ''),
    validFrom: row.ValidityStartDate,
    validTo: row.ValidityEndDate === endOfTime ? null : row.ValidityEndDate,
  };
}

/** Whether a tax id holds on a day. */
export function holdsOn({ validFrom, validTo }: TaxRegistration, day: string): boolean {
  return (validFrom === null || validFrom <= day) && (validTo === null || day <= validTo);
}

/** Digit 0 is the tax on sales everywhere; what the others are is each country's own affair. */
function kindOf(country: string, digit: string): TaxIdKind {
  if (digit === '0') return goodsAndServices.has(country) ? 'GST' : 'VAT';
  return country === 'US' && digit === '1' ? 'EIN' : 'LOCAL';
}
