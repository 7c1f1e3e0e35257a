import type { Customer as CrmCustomer } from '../../schema/generated/crm.ts';
import type { Customer as ErpCustomer } from '../../schema/generated/erp.ts';
import type { Copies } from '../copies.ts';
import { lensesOf } from '../lens.ts';
import type { BillingCustomer } from './customer.ts';

const { field, made } = lensesOf<BillingCustomer>();

/** What the billing system must print and reckon with though others own it: where it keeps its copy. */
export const copies = {
  name: field('name'),
  legalEntity: made(
    ['business'],
    ({ business }) =>
      business
        ? {
            registeredName: business.legal_name,
            lei: business.lei,
            country: business.country,
            registrationNumber: business.registration_number,
            legalForm: business.legal_form,
          }
        : null,
    (entity) => ({
      business: entity && {
        legal_name: entity.registeredName,
        lei: entity.lei,
        country: entity.country,
        registration_number: entity.registrationNumber,
        legal_form: entity.legalForm,
      },
    }),
  ),
  paymentTerms: made(
    ['terms'],
    ({ terms }) =>
      terms
        ? {
            code: terms.code,
            description: terms.label,
            netDays: terms.days_until_due,
            discountPercent: terms.discount_percent,
            discountDays: terms.discount_days,
          }
        : null,
    (terms) => ({
      terms: terms && {
        code: terms.code,
        label: terms.description,
        days_until_due: terms.netDays,
        discount_percent: terms.discountPercent,
        discount_days: terms.discountDays,
      },
    }),
  ),
  billingAddress: made(
    ['address'],
    ({ address }) =>
      address
        ? {
            lines: address.lines,
            city: address.city,
            region: address.state,
            postalCode: address.postal_code,
            country: address.country,
          }
        : null,
    (address) => ({
      address: address && {
        lines: address.lines,
        city: address.city,
        state: address.region,
        postal_code: address.postalCode,
        country: address.country,
      },
    }),
  ),
} satisfies Copies<'Customer', 'BILLING', CrmCustomer & ErpCustomer, BillingCustomer>;
