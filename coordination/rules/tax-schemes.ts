import { euVat, stdnum, type Validator } from 'stdnum';
import type { TaxIdKind } from '../../schema/generated/erp.ts';

/** Countries that know their companies by one tax number, whatever the tax: the library's names of its schemes. */
const oneNumber = schemesOf({
  AL: 'nipt',
  AR: 'cuit',
  BR: 'cnpj cpf',
  BY: 'unp',
  CL: 'rut',
  CN: 'uscc',
  CO: 'nit',
  DO: 'rnc',
  GT: 'nit',
  JP: 'cn',
  KR: 'brn',
  MX: 'rfc',
  PE: 'ruc',
  PY: 'ruc',
  RS: 'pib',
  RU: 'inn',
  TH: 'tin',
  TR: 'vkn tckimlik',
  TW: 'ubn',
  UY: 'rut',
  VE: 'rif',
});

/** Countries whose tax on sales has numbers of its own, besides those that the library lists for the European Union. */
const salesTax = schemesOf({
  AU: 'abn',
  CA: 'gst',
  CH: 'vat uid',
  FO: 'vn',
  GB: 'vat',
  IN: 'gstin',
  IS: 'vsk',
  MC: 'tva',
  NO: 'mva orgnr',
  NZ: 'ird',
  ZA: 'vat',
});

const employers = schemesOf({ US: 'ein' });

/** The Isle of Man is within the British tax. */
const registers: Readonly<Record<string, string>> = { IM: 'GB' };

/**
 * The schemes of which a tax id must satisfy one; empty where the library knows none, or fewer than the country issues
 * (local ids of most countries; Indonesia, Ecuador and Singapore, whose newer numbers it does not know).
 */
export function schemesFor(country: string, kind: TaxIdKind): readonly Validator[] {
  const register = registers[country] ?? country;
  switch (kind) {
    case 'EIN':
      return employers.get(register) ?? [];
    case 'LOCAL':
      return oneNumber.get(register) ?? [];
    case 'VAT':
    case 'GST':
      return salesTax.get(register) ?? euVat[register] ?? oneNumber.get(register) ?? [];
  }
}

/** Whether the tax on sales is called value added tax there: in the European Union and at its borders. */
export function hasValueAddedTax(country: string): boolean {
  return Object.hasOwn(euVat, country) || country === 'GB';
}

/** @throws TypeError at load, where the library has no scheme of that name */
function schemesOf(names: Readonly<Record<string, string>>): ReadonlyMap<string, readonly Validator[]> {
  return new Map(
    Object.entries(names).map(([country, schemes]) => [
      country,
      schemes.split(' ').map((scheme) => {
        const found = stdnum[country]?.[scheme];
        if (!found) throw new TypeError(`stdnum has no scheme ${country}.${scheme}.`);
        return found;
      }),
    ]),
  );
}
