import type { TaxIdKind } from '../../schema/generated/erp.ts';
import { period } from './period.ts';
import { invalid, type MembersRule } from './rule.ts';
import { isTaxId, isTaxIdLike, writtenTaxId } from './tax-id.ts';
import { hasValueAddedTax } from './tax-schemes.ts';

/** A kind of tax id is one that its country has. */
const kindOfCountry: MembersRule = {
  reads: ['country', 'kind'],
  check: ({ country, kind }) => {
    if (kind === 'EIN' && country !== 'US') {
      return {
        complaints: [
          invalid('Only the United States issue an EIN: give LOCAL, or the country US.', ['kind']),
        ],
      };
    }
    if (kind === 'GST' && hasValueAddedTax(String(country))) {
      return { complaints: [invalid('The country levies value added tax: give VAT.', ['kind'])] };
    }
    return { complaints: [] };
  },
};

/** The number is one of its country and kind. */
const taxId: MembersRule = {
  reads: ['country', 'kind', 'number'],
  check: ({ country, kind, number }) => {
    const written = writtenTaxId(String(number));
    if (!isTaxIdLike(written)) {
      return { complaints: [invalid('Give a tax id of 3 to 30 letters and digits.', ['number'])] };
    }
    // `kind` is a value of its enum: it was well on its own.
    if (isTaxId(written, String(country), kind as TaxIdKind))
      return { written: { number: written }, complaints: [] };
    return {
      complaints: [
        invalid('The country has no such number of this kind: check each sign, the country and the kind.', [
          'number',
        ]),
      ],
    };
  },
};

export const taxRegistration: readonly MembersRule[] = [kindOfCountry, taxId, period];
