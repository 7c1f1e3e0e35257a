/** The ERP's business partner. What it does not know is null; what begins with `to_` is only there when expanded. */
export interface BusinessPartner {
  /** The id of the account in the CRM; no two partners share one. */
  readonly ExternalReference: string | null;
  /** The id of the customer in the graph, of a partner that was made through it; no two partners share one. */
  readonly YY1_CustomerId?: string | null;
  /** The name that is printed on documents. */
  readonly OrganizationBPName1: string;
  readonly to_LegalEntity: PartnerLegalEntity | null;
  readonly to_BusinessPartnerTax: readonly PartnerTax[];
  readonly CustomerTaxClassification: (typeof taxClassifications)[number] | null;
  /** A code of the ERP's table of payment terms. */
  readonly PaymentTerms: string | null;
  /** What the code means; follows `PaymentTerms`. */
  readonly to_PaymentTerms: PartnerTerms | null;
  /** Exact decimal with the digits of its currency. */
  readonly CreditLimit: string | null;
  readonly CreditLimitCurrency: string | null;
  readonly CreditAccountIsBlocked: boolean | null;
  readonly CreditCheckRule: (typeof creditCheckRules)[number] | null;
  /** Empty for nothing, `01` for orders, `02` for orders and deliveries. */
  readonly OrderIsBlockedForCustomer?: (typeof orderBlocks)[number] | null;
  readonly BillingStructure: (typeof billingStructures)[number] | null;
  /** Number of the partner that is billed instead of this one. */
  readonly BillToParty: string | null;
  /** The address with the usage BILL_TO: at most one. */
  readonly to_BillToAddress: PartnerAddress | null;
  /** The addresses with the usage SHIP_TO, in their order. */
  readonly to_ShipToAddress: readonly PartnerAddress[];
  /** Archived is not deleted: the partner can still be read. */
  readonly IsMarkedForArchiving: boolean;
  /** Nobody may use the partner any more. */
  readonly BusinessPartnerIsBlocked?: boolean | null;
}

/** What the ERP lists below a partner: nothing, all of it is part of the partner. */
export type PartnerRows = Record<string, never>;

/** Who the partner is in a company register. */
interface PartnerLegalEntity {
  readonly RegisteredName: string;
  readonly LegalEntityIdentifier: string | null;
  readonly LegalCountry: string | null;
  readonly RegistrationNumber: string | null;
  readonly LegalForm: string | null;
}

/** A tax number: type is the country and a digit, `DE0`. Days are ISO 8601; the last one is 9999-12-31 while it holds. */
export interface PartnerTax {
  readonly BPTaxType: string;
  readonly BPTaxNumber: string;
  readonly ValidityStartDate: string | null;
  readonly ValidityEndDate: string;
}

/** A row of the table of payment terms. The percentage is an exact decimal with three digits. */
export interface PartnerTerms {
  readonly PaymentTerms: string;
  readonly PaymentTermsDescription: string;
  readonly NetPaymentDays: number;
  readonly CashDiscount1Percent: string | null;
  readonly CashDiscount1Days: number | null;
}

/** An address: up to two lines above the street and two below it. */
export interface PartnerAddress {
  readonly StreetPrefixName: string | null;
  readonly AdditionalStreetPrefixName: string | null;
  readonly StreetName: string | null;
  readonly StreetSuffixName: string | null;
  readonly AdditionalStreetSuffixName: string | null;
  readonly CityName: string | null;
  readonly Region: string | null;
  readonly PostalCode: string | null;
  readonly Country: string | null;
}

/** `0` exempt, `1` full, `2` reduced, `3` the partner pays the tax itself, `9` outside the tax. */
export const taxClassifications = ['0', '1', '2', '3', '9'] as const;
export const creditCheckRules = ['NONE', 'STANDARD', 'STRICT'] as const;
export const orderBlocks = ['', '01', '02'] as const;
export const billingStructures = ['OWN', 'OTHER', 'COLLECTIVE'] as const;
/** The lines of an address from top to bottom. */
export const streetFields = [
  'StreetPrefixName',
  'AdditionalStreetPrefixName',
  'StreetName',
  'StreetSuffixName',
  'AdditionalStreetSuffixName',
] as const;
/** The last day of what has no end. */
export const endOfTime = '9999-12-31';

/** Every field of a partner. */
export const partnerFields = Object.keys({
  ExternalReference: true,
  YY1_CustomerId: true,
  OrganizationBPName1: true,
  to_LegalEntity: true,
  to_BusinessPartnerTax: true,
  CustomerTaxClassification: true,
  PaymentTerms: true,
  to_PaymentTerms: true,
  CreditLimit: true,
  CreditLimitCurrency: true,
  CreditAccountIsBlocked: true,
  CreditCheckRule: true,
  OrderIsBlockedForCustomer: true,
  BillingStructure: true,
  BillToParty: true,
  to_BillToAddress: true,
  to_ShipToAddress: true,
  IsMarkedForArchiving: true,
  BusinessPartnerIsBlocked: true,
} satisfies Record<keyof BusinessPartner, true>) as (keyof BusinessPartner)[];
