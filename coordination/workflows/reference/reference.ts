import type { RequestContext } from '../../../runtime/context.ts';
import type { TaxClassification, TaxIdKind } from '../../../schema/generated/erp.ts';

/** Who is to be looked up. */
export interface Subject {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly name: string;
  /** As in the contract's `CustomerSegment`; null where nobody has said. */
  readonly segment: string | null;
}

/** What a country demands of a customer that is invoiced there. */
export interface Enrichment {
  readonly country: string;
  readonly taxRegime: TaxRegime;
  /** Kinds of tax id of which a business has to give one; empty where none is needed to invoice it. */
  readonly taxIdKinds: readonly TaxIdKind[];
  /** How sales to a business there are taxed where nobody says otherwise. */
  readonly taxClassification: TaxClassification;
  readonly eInvoicing: EInvoicing | null;
  /** ISO 4217; null where it is not known. */
  readonly currency: string | null;
  /** Whether postal addresses there have a postal code, and a state or province that matters for tax. */
  readonly address: { readonly postalCode: boolean; readonly region: boolean };
  readonly sanctions: Sanctions;
  /** Who says so. */
  readonly sources: readonly string[];
  /** The day up to which it was looked through, ISO 8601. */
  readonly asOf: string;
}

/** Which tax on sales there is. */
export type TaxRegime = 'VAT' | 'GST' | 'SALES_TAX' | 'CONSUMPTION_TAX' | 'NONE';

export interface EInvoicing {
  /** Format or clearing system, by its own name. */
  readonly format: string;
  /** Whether invoices between businesses have to be such; otherwise only those to public bodies, or by agreement. */
  readonly mandatory: boolean;
}

/**
 * `CLEAR`: looked for, and not found. `REVIEW`: a person has to look before anything is done. `NOT_SCREENED`: this source
 * has no lists of names.
 */
export interface Sanctions {
  readonly verdict: 'CLEAR' | 'REVIEW' | 'NOT_SCREENED';
  /** The lists or measures, where one applies. */
  readonly lists: readonly string[];
}

/** Who knows what countries demand. */
export interface Reference {
  /**
   * Of a country that nobody knows anything about the sanctions' verdict is REVIEW. Rejects with a Failure
   * SYSTEM_UNAVAILABLE, DEADLINE_EXCEEDED or RATE_LIMITED where it cannot be asked now.
   */
  enrich(of: Subject, context: RequestContext): Promise<Enrichment>;
}
