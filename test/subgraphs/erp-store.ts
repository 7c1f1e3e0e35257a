import type { OpenStore } from '../support/store.ts';
import { loadMigrations, migrate, openDb, type Db } from '../../runtime/db/index.ts';
import type { Call } from '../../subgraphs/connector.ts';
import { erpConnector } from '../../subgraphs/erp/connector.ts';
import { erpSandbox, erpTables } from '../../subgraphs/erp/sandbox.ts';
import type { PartnerBody } from '../../subgraphs/erp/validation.ts';
import type { WireRequest, WireResponse } from '../../subgraphs/wire.ts';

/** A store with the tables of the ERP's sandbox: embedded, where none is given. */
export async function openErpStore(open: OpenStore = () => openDb({})): Promise<Db> {
  const db = await open();
  await migrate(db, await loadMigrations(['subgraphs/sandbox/migrations', 'subgraphs/erp/migrations']));
  return db;
}

export const call: Call = { correlationId: 'test', signal: new AbortController().signal };

/** The ERP over a store, by its connector and by its API. */
export function erpOver(db: Db) {
  const sandbox = erpSandbox(db);
  const api = (
    method: WireRequest['method'],
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<WireResponse> => sandbox.wire({ method, path: `/odata/v1${path}`, body, headers }, call);
  return { sandbox, api, connector: erpConnector(sandbox.wire), tables: erpTables(db) };
}

/** A partner with something in every property. */
export const alfreds: PartnerBody = {
  ExternalReference: '001ALFREDS0000001',
  OrganizationBPName1: 'Alfreds Futterkiste',
  to_LegalEntity: {
    RegisteredName: 'Alfreds Futterkiste GmbH',
    LegalEntityIdentifier: '5493001KJTIIGC8Y1R12',
    LegalCountry: 'DE',
    RegistrationNumber: 'HRB 12345',
    LegalForm: 'GmbH',
  },
  to_BusinessPartnerTax: [
    {
      BPTaxType: 'DE0',
      BPTaxNumber: 'DE 123 456 789',
      ValidityStartDate: '2015-01-01',
      ValidityEndDate: '9999-12-31',
    },
    { BPTaxType: 'DE1', BPTaxNumber: '37/302/30213', ValidityStartDate: null, ValidityEndDate: '9999-12-31' },
    {
      BPTaxType: 'US1',
      BPTaxNumber: '12-3456789',
      ValidityStartDate: '2020-01-01',
      ValidityEndDate: '2022-12-31',
    },
    {
      BPTaxType: 'XI0',
      BPTaxNumber: 'XI123456789',
      ValidityStartDate: '2021-01-01',
      ValidityEndDate: '9999-12-31',
    },
    {
      BPTaxType: 'AU0',
      BPTaxNumber: '51 824 753 556',
      ValidityStartDate: null,
      ValidityEndDate: '9999-12-31',
    },
  ],
  CustomerTaxClassification: '1',
  PaymentTerms: 'D230',
  CreditLimit: '25000.00',
  CreditLimitCurrency: 'EUR',
  CreditAccountIsBlocked: false,
  CreditCheckRule: 'STANDARD',
  BillingStructure: 'OWN',
  BillToParty: null,
  to_BillToAddress: {
    StreetPrefixName: null,
    AdditionalStreetPrefixName: null,
    StreetName: 'Obere Str. 57',
    StreetSuffixName: null,
    AdditionalStreetSuffixName: null,
    CityName: 'Berlin',
    Region: null,
    PostalCode: '12209',
    Country: 'DE',
  },
  to_ShipToAddress: [],
  IsMarkedForArchiving: false,
};
