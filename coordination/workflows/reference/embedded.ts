import { asOf, commonSources, countries, restricted } from './countries.ts';
import type { Enrichment, Reference, Subject } from './reference.ts';

/** The reference set that comes with the product: official facts by country, without lists of names. */
export const embeddedReference: Reference = { enrich: (of) => Promise.resolve(enrichmentOf(of)) };

/** What the table says. Pure. */
export function enrichmentOf({ country }: Subject): Enrichment {
  const row = countries.get(country);
  const lists = restricted[country] ?? [];
  if (!row)
    return {
      ...nothing,
      country,
      sanctions: { verdict: 'REVIEW', lists: lists.length > 0 ? lists : [unheardOf] },
    };
  const { taxRegime, taxIdKinds, eInvoicing, currency, postalCode, region, source } = row;
  return {
    ...{ country, taxRegime, taxIdKinds, eInvoicing, currency, asOf },
    taxClassification: taxRegime === 'NONE' ? 'OUT_OF_SCOPE' : 'STANDARD',
    address: { postalCode, region },
    sanctions: lists.length > 0 ? { verdict: 'REVIEW', lists } : { verdict: 'NOT_SCREENED', lists: [] },
    sources: [...commonSources, source],
  };
}

const unheardOf = 'no reference for this country';
/** Of a country that the table has no row of. */
const nothing: Omit<Enrichment, 'country' | 'sanctions'> = {
  taxRegime: 'NONE',
  taxIdKinds: [],
  taxClassification: 'OUT_OF_SCOPE',
  eInvoicing: null,
  currency: null,
  address: { postalCode: false, region: false },
  sources: ['the embedded reference'],
  asOf,
};
