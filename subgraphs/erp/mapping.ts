import type { Customer, CustomerTaxRegistrationsArgs } from '../../schema/generated/erp.ts';
import { lensesOf, vocabulary, type Mapping } from '../lens.ts';
import { rowsFor } from '../rows.ts';
import { addressFields, addressOf } from './address.ts';
import { creditFields, creditStatusOf, limitFields, limitOf } from './credit.ts';
import type { BusinessPartner } from './partner.ts';
import { holdsOn, registrationOf, taxRow } from './tax.ts';
import { termsFields, termsOf } from './terms.ts';

const { coded, embedded, made } = lensesOf<BusinessPartner>();

const taxClassifications = vocabulary({
  STANDARD: '1',
  REDUCED: '2',
  EXEMPT: '0',
  REVERSE_CHARGE: '3',
  OUT_OF_SCOPE: '9',
});
const orderBlockCodes = vocabulary({ NONE: '', ORDERS: '01', ORDERS_AND_DELIVERIES: '02' });
const billingModes = vocabulary({ STANDALONE: 'OWN', BILLED_TO_OTHER: 'OTHER', CONSOLIDATING: 'COLLECTIVE' });

/** Attribute by attribute: where the ERP keeps it. */
export const mapping = {
  legalEntity: made(
    ['to_LegalEntity'],
    ({ to_LegalEntity: legal }) =>
      legal
        ? {
            registeredName: legal.RegisteredName,
            lei: legal.LegalEntityIdentifier,
            country: legal.LegalCountry,
            registrationNumber: legal.RegistrationNumber,
            legalForm: legal.LegalForm,
          }
        : null,
    (entity) => ({
      to_LegalEntity: entity && {
        RegisteredName: entity.registeredName,
        LegalEntityIdentifier: entity.lei,
        LegalCountry: entity.country,
        RegistrationNumber: entity.registrationNumber,
        LegalForm: entity.legalForm,
      },
    }),
  ),
  taxRegistrations: embedded(
    ['to_BusinessPartnerTax'],
    ({ to_BusinessPartnerTax: rows }, { country, validOn }: CustomerTaxRegistrationsArgs) =>
      (rows ?? [])
        .map(registrationOf)
        .filter(
          (one) => (country == null || one.country === country) && (validOn == null || holdsOn(one, validOn)),
        ),
    (registrations, { to_BusinessPartnerTax: rows = [] }) => ({
      to_BusinessPartnerTax: rowsFor(registrations, rows, registrationOf, taxRow),
    }),
  ),
  taxClassification: coded('CustomerTaxClassification', taxClassifications),
  paymentTerms: made(
    ['to_PaymentTerms'],
    ({ to_PaymentTerms: terms }) => (terms ? termsOf(terms) : null),
    termsFields,
  ),
  creditLimit: made(['CreditLimit', 'CreditLimitCurrency'], limitOf, limitFields),
  creditStatus: made(['CreditAccountIsBlocked', 'CreditCheckRule'], creditStatusOf, creditFields),
  orderBlock: made(
    ['OrderIsBlockedForCustomer'],
    ({ OrderIsBlockedForCustomer: code }) => orderBlockCodes.meaning(code ?? ''),
    (block) => ({ OrderIsBlockedForCustomer: orderBlockCodes.word(block ?? 'NONE') }),
  ),
  billingStructure: made(
    ['BillingStructure', 'BillToParty'],
    ({ BillingStructure, BillToParty }) => {
      const mode = billingModes.meaning(BillingStructure);
      return mode && { mode, billTo: BillToParty == null ? null : { localKey: BillToParty } };
    },
    (structure) => ({
      BillingStructure: structure && billingModes.word(structure.mode),
      BillToParty: structure?.billTo?.localKey ?? null,
    }),
  ),
  billingAddress: made(
    ['to_BillToAddress'],
    ({ to_BillToAddress: address }) => (address ? addressOf(address) : null),
    (address) => ({ to_BillToAddress: address && addressFields(address) }),
  ),
  shippingAddresses: embedded(
    ['to_ShipToAddress'],
    ({ to_ShipToAddress: rows }) => (rows ?? []).map(addressOf),
    (addresses, { to_ShipToAddress: rows = [] }) => ({
      to_ShipToAddress: rowsFor(addresses, rows, addressOf, addressFields),
    }),
  ),
} satisfies Mapping<Customer, BusinessPartner, 'group' | 'groupExposure'>;
