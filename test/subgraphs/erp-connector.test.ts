import { erp, partnerNumber, type BusinessPartner } from '../../subgraphs/erp/index.ts';
import type { PartnerRows } from '../../subgraphs/erp/partner.ts';
import { connectorSuite } from './connector-suite.ts';
import { alfreds } from './erp-store.ts';

connectorSuite<BusinessPartner, PartnerRows>({
  system: erp,
  table: 'erp_business_partner',
  draft: (n) => ({ ...alfreds, ExternalReference: `001-${n}` }),
  externalId: (n) => `001-${n}`,
  change: (n) => ({ OrganizationBPName1: `Alfreds Feinkost ${n}` }),
  clearable: 'to_BillToAddress',
  refused: { PaymentTerms: 'N031' },
  unknownKey: (n) => partnerNumber(900_000_000 + n),
  removal: (key) => ({ method: 'DELETE', path: `/odata/v1/A_BusinessPartner/${key}` }),
  lists: [],
});
