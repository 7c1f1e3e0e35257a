import type { Customer } from '../../schema/generated/crm.ts';
import type { Copies } from '../copies.ts';
import { lensesOf } from '../lens.ts';
import type { BusinessPartner } from './partner.ts';

const { field } = lensesOf<BusinessPartner>();

/** What the ERP prints though others own it. The legal name is its own: `OrganizationBPName1` is only what people say. */
export const copies = {
  name: field('OrganizationBPName1'),
} satisfies Copies<'Customer', 'ERP', Customer, BusinessPartner>;
