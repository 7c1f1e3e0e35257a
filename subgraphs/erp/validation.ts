import type { z } from 'zod';
import { digitsOf } from '../../schema/codes.ts';
import { booked } from './credit.ts';
import type { BusinessPartner, PartnerTerms } from './partner.ts';
import { properties } from './properties.ts';
import { termsTable } from './terms-table.ts';

/** A business partner as it is stored; what its payment terms mean is in a table of its own. */
export type PartnerBody = Omit<BusinessPartner, 'to_PaymentTerms'>;

/** One thing that the ERP does not accept; `propertyref` is a path such as `to_BillToAddress/Country`. */
export interface ErpDetail {
  readonly code: 'UNKNOWN_PROPERTY' | 'INVALID_VALUE';
  readonly message: string;
  readonly propertyref: string;
}

type Given = z.output<typeof properties>;

/** Changes to a business partner as the ERP stores them, or all that it does not accept. */
export type Checked = { readonly body: Partial<PartnerBody> } | { readonly refused: readonly ErpDetail[] };

interface Rule {
  readonly property: keyof BusinessPartner;
  /** The property that it means something together with. */
  readonly partner: keyof BusinessPartner;
  readonly message: string;
  readonly broken: (given: Given) => boolean;
}

/** What no property shows on its own. Those that mean something only together are changed together. */
const rules: readonly Rule[] = [
  {
    property: 'CreditLimit',
    partner: 'CreditLimitCurrency',
    message: 'must be given together with CreditLimitCurrency',
    broken: ({ CreditLimit: limit, CreditLimitCurrency: currency }) =>
      (limit === undefined) !== (currency === undefined) || (limit === null) !== (currency === null),
  },
  {
    property: 'CreditLimit',
    partner: 'CreditLimitCurrency',
    message: 'must not have more digits after the point than its currency',
    broken: ({ CreditLimit: limit, CreditLimitCurrency: currency }) =>
      limit != null && currency != null && (limit.split('.')[1] ?? '').length > digitsOf(currency),
  },
  {
    property: 'BillToParty',
    partner: 'BillingStructure',
    message: 'must be given together with the structure OTHER, and only with it',
    broken: ({ BillToParty: payer, BillingStructure: structure }) =>
      (payer === undefined) !== (structure === undefined) || (payer == null) === (structure === 'OTHER'),
  },
  {
    property: 'to_PaymentTerms',
    partner: 'PaymentTerms',
    message: 'must say what the table of payment terms says of PaymentTerms',
    broken: ({ to_PaymentTerms: meant, PaymentTerms: code }) =>
      meant !== undefined && !sameTerms(meant, termsTable.get(code ?? '') ?? null),
  },
];

function sameTerms(one: PartnerTerms | null, other: PartnerTerms | null): boolean {
  if (one === null || other === null) return one === other;
  const row = new Map<string, unknown>(Object.entries(one));
  return Object.entries(other).every(([name, value]) => row.get(name) === value);
}

/** A record, or changes to one, as the ERP stores them; or all that it does not accept of them. Pure. */
export function accepted(given: unknown): Checked {
  const parsed = properties.safeParse(given);
  if (!parsed.success) {
    const refused = parsed.error.issues.flatMap(detailsOf);
    return { refused: [...refused, ...brokenBeside(refused, given)] };
  }
  const broken = brokenBy(parsed.data);
  if (broken.length > 0)
    return { refused: broken.map(({ property, message }) => invalid(property, message)) };
  const stored = Object.entries(parsed.data).filter(([name]) => name !== 'to_PaymentTerms');
  // `properties` has checked each of them, and JSON has no undefined.
  const body = Object.fromEntries(stored) as Partial<PartnerBody>;
  const { CreditLimit: limit, CreditLimitCurrency: currency } = body;
  return { body: limit && currency ? { ...body, CreditLimit: booked(limit, currency) } : body };
}

/** What a new partner lacks that is to be invoiced: one that is made for a customer of the graph. */
export function lacking(partner: PartnerBody): readonly ErpDetail[] {
  if (partner.YY1_CustomerId == null) return [];
  const needed: readonly (readonly [string, unknown])[] = [
    ['OrganizationBPName1', partner.OrganizationBPName1],
    ['to_LegalEntity/LegalCountry', partner.to_LegalEntity?.LegalCountry],
    ['PaymentTerms', partner.PaymentTerms],
    ['to_BillToAddress/Country', partner.to_BillToAddress?.Country],
  ];
  return needed.flatMap(([path, value]) =>
    value == null || value === '' ? [invalid(path, 'must be given for a partner that is invoiced')] : [],
  );
}

function brokenBy(given: Given): readonly Rule[] {
  return rules.filter((rule) => rule.broken(given));
}

/** The rules that are broken among the properties that are not refused on their own. */
function brokenBeside(refused: readonly ErpDetail[], given: unknown): readonly ErpDetail[] {
  if (typeof given !== 'object' || given === null) return [];
  const wrong = new Set(refused.map(({ propertyref }) => propertyref.split('/')[0]));
  const right = Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name)));
  const parsed = properties.safeParse(right);
  if (!parsed.success) return [];
  return brokenBy(parsed.data)
    .filter(({ property, partner }) => !wrong.has(property) && !wrong.has(partner))
    .map(({ property, message }) => invalid(property, message));
}

/** The refusal of a property's value. */
export function invalid(propertyref: string, message: string): ErpDetail {
  return { code: 'INVALID_VALUE', message: `${propertyref} ${message}`, propertyref };
}

function detailsOf(issue: z.core.$ZodIssue): readonly ErpDetail[] {
  if (issue.code !== 'unrecognized_keys') return [invalid(issue.path.join('/'), issue.message)];
  return issue.keys.map((key) => {
    const propertyref = [...issue.path, key].join('/');
    return { code: 'UNKNOWN_PROPERTY', message: `there is no property ${propertyref}`, propertyref };
  });
}

/** What a partner is made of where its creator does not say; it is refused without a name. */
export const blankPartner: PartnerBody = {
  ExternalReference: null,
  YY1_CustomerId: null,
  OrganizationBPName1: '',
  to_LegalEntity: null,
  to_BusinessPartnerTax: [],
  CustomerTaxClassification: null,
  PaymentTerms: null,
  CreditLimit: null,
  CreditLimitCurrency: null,
  CreditAccountIsBlocked: false,
  CreditCheckRule: 'NONE',
  OrderIsBlockedForCustomer: '',
  BillingStructure: 'OWN',
  BillToParty: null,
  to_BillToAddress: null,
  to_ShipToAddress: [],
  IsMarkedForArchiving: false,
  BusinessPartnerIsBlocked: false,
};
