import { erp, partnerNumber, type BusinessPartner } from '../../subgraphs/erp/index.ts';
import type { PartnerRows } from '../../subgraphs/erp/partner.ts';
import { customerId, type Subject } from './connector-bench.ts';
import { alfreds } from './erp-store.ts';

const { to_BillToAddress: address } = alfreds;

/** The ERP as the suites of connectors and participants meet it. */
export const erpSubject: Subject<BusinessPartner, PartnerRows> = {
  system: erp,
  table: 'erp_business_partner',
  draft: (n) => ({ ...alfreds, ExternalReference: `001-${n}`, YY1_CustomerId: customerId(n) }),
  externalId: customerId,
  external: 'YY1_CustomerId',
  mandatory: ['OrganizationBPName1', 'to_LegalEntity', 'PaymentTerms', 'to_BillToAddress'],
  change: (n) => ({ OrganizationBPName1: `Alfreds Feinkost ${n}` }),
  naming: (name) => ({ OrganizationBPName1: name }),
  clearable: 'to_BillToAddress',
  refused: {
    PaymentTerms: 'N031',
    to_BillToAddress: address && { ...address, Country: 'XX' },
    CreditLimit: '1.00',
    BillToParty: '0999999999',
  },
  unknownKey: (n) => partnerNumber(900_000_000 + n),
  removal: (key) => ({ method: 'DELETE', path: `/odata/v1/A_BusinessPartner/${key}` }),
  lists: [],
};
