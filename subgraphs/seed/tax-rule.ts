import type { PartnerBody } from '../erp/index.ts';
import { inUnion } from './country.ts';

/** Where the seller is: Northwind Traders sells from the United States. */
const seller = 'US';

/**
 * How sales to a business are taxed, in the ERP's words: at home as usual, in the European Union the customer accounts
 * for the tax itself, everywhere else it is an export outside the tax.
 */
export function taxClassificationOf(country: string): PartnerBody['CustomerTaxClassification'] {
  if (country === seller) return '1';
  return inUnion(country) ? '3' : '9';
}
