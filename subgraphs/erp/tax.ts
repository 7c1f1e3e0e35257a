import { Failure } from '../../runtime/failure.ts';
import type { TaxIdKind, TaxRegistration } from '../../schema/generated/erp.ts';
import { endOfTime, type PartnerTax } from './partner.ts';

const digits = ['0', '1', '2'] as const;

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

/**
 * A tax id in the ERP's words. Of one that the ERP has already, under other dates, type and number stay as it wrote them.
 * @throws Failure INVALID_VALUE for a kind of tax id that the ERP does not have in that country
 */
export function taxRow(registration: TaxRegistration, present: readonly PartnerTax[]): PartnerTax {
  const { country, kind, number } = registration;
  const known = present.find((row) => {
    const had = registrationOf(row);
    return had.country === country && had.kind === kind && had.number === number;
  });
  const prefix = country === 'GB' && number.startsWith('XI') ? 'XI' : country;
  const digit = digits.find((one) => kindOf(prefix, one) === kind);
  if (digit === undefined) {
    const message = `The ERP has no tax id of the kind ${kind} in ${country}.`;
    throw new Failure('INVALID_VALUE', message, { system: 'erp', field: 'to_BusinessPartnerTax' });
  }
  return {
    BPTaxType: known?.BPTaxType ?? `${prefix}${digit}`,
    BPTaxNumber: known?.BPTaxNumber ?? number,
    ValidityStartDate: registration.validFrom,
    ValidityEndDate: registration.validTo ?? endOfTime,
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
