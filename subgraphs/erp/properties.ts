import { z } from 'zod';
import { isCountry, isCurrency } from '../../schema/codes.ts';
import {
  billingStructures,
  creditCheckRules,
  endOfTime,
  orderBlocks,
  taxClassifications,
} from './partner.ts';
import { termsTable } from './terms-table.ts';

const text = (most: number) => z.string().regex(/\S/, 'must not be empty').max(most);
const country = z.string().refine(isCountry, 'must be an ISO 3166-1 country code');
const day = z.iso.date('must be a day such as 2026-03-31');

const address = z.strictObject({
  StreetPrefixName: text(60).nullable().default(null),
  AdditionalStreetPrefixName: text(60).nullable().default(null),
  StreetName: text(60).nullable().default(null),
  StreetSuffixName: text(60).nullable().default(null),
  AdditionalStreetSuffixName: text(60).nullable().default(null),
  CityName: text(60).nullable().default(null),
  Region: text(60).nullable().default(null),
  PostalCode: text(12).nullable().default(null),
  Country: country.nullable().default(null),
});

const legalEntity = z.strictObject({
  RegisteredName: text(255),
  LegalEntityIdentifier: z
    .string()
    .regex(/^[A-Z0-9]{18}[0-9]{2}$/, 'must be 20 characters as ISO 17442 has them')
    .nullable()
    .default(null),
  LegalCountry: country.nullable().default(null),
  RegistrationNumber: text(60).nullable().default(null),
  LegalForm: text(60).nullable().default(null),
});

const isTaxType = (type: string) =>
  /^[A-Z]{2}[0-9]$/.test(type) && (isCountry(type.slice(0, 2)) || type.startsWith('XI'));

const tax = z
  .strictObject({
    BPTaxType: z.string().refine(isTaxType, 'must be a country and a digit such as DE0'),
    BPTaxNumber: z
      .string()
      .regex(/^[0-9A-Z][0-9A-Z ./+*-]{1,58}[0-9A-Z]$/, 'must be a tax number in capitals'),
    ValidityStartDate: day.nullable().default(null),
    ValidityEndDate: day.default(endOfTime),
  })
  .refine((row) => row.ValidityStartDate === null || row.ValidityStartDate <= row.ValidityEndDate, {
    path: ['ValidityEndDate'],
    message: 'must not be before ValidityStartDate',
  });

const terms = z.strictObject({
  PaymentTerms: z.string(),
  PaymentTermsDescription: z.string(),
  NetPaymentDays: z.number(),
  CashDiscount1Percent: z.string().nullable(),
  CashDiscount1Days: z.number().nullable(),
});

/** What the ERP checks of each property it has, on its own. Properties that are left out are not changed. */
export const properties = z
  .strictObject({
    ExternalReference: text(60).nullable(),
    YY1_CustomerId: text(60).nullable(),
    OrganizationBPName1: text(255),
    to_LegalEntity: legalEntity.nullable(),
    to_BusinessPartnerTax: z.array(tax).max(100),
    CustomerTaxClassification: z.enum(taxClassifications).nullable(),
    PaymentTerms: z
      .string()
      .refine((code) => termsTable.has(code), 'must be a code of the table of payment terms')
      .nullable(),
    to_PaymentTerms: terms.nullable(),
    CreditLimit: z
      .string()
      .regex(/^\d{1,15}(\.\d+)?$/, 'must be a decimal of 0 or more, as a string')
      .nullable(),
    CreditLimitCurrency: z.string().refine(isCurrency, 'must be an ISO 4217 currency code').nullable(),
    CreditAccountIsBlocked: z.boolean().nullable(),
    CreditCheckRule: z.enum(creditCheckRules).nullable(),
    OrderIsBlockedForCustomer: z.enum(orderBlocks).nullable(),
    BillingStructure: z.enum(billingStructures).nullable(),
    BillToParty: z
      .string()
      .regex(/^\d{10}$/, 'must be a number of ten digits')
      .nullable(),
    to_BillToAddress: address.nullable(),
    to_ShipToAddress: z.array(address).max(100),
    IsMarkedForArchiving: z.boolean(),
    BusinessPartnerIsBlocked: z.boolean().nullable(),
  })
  .partial();
