import {
  blankAccount,
  crm,
  crmId,
  crmTables,
  type Account,
  type AccountRows,
} from '../../subgraphs/crm/index.ts';
import { customerId, type Subject } from './connector-bench.ts';

/** The CRM as the suites of connectors and participants meet it. */
export const crmSubject: Subject<Account, AccountRows> = {
  system: crm,
  table: 'crm_account',
  draft: (n) => ({
    AccountNumber: `A-${n}`,
    Customer_Id__c: customerId(n),
    Name: `Alfreds\tFutterkiste ${n}`,
    Type: 'Customer',
    Customer_Segment__c: 'Small Business',
    Phone: '030-0074321',
    Sales_Channels__c: ['Direct', 'Web'],
    Owner: { Name: 'Nancy Davolio', Email: 'nancy@example.com' },
  }),
  externalId: customerId,
  external: 'Customer_Id__c',
  mandatory: ['Name'],
  change: (n) => ({ Industry: `Food ${n}` }),
  naming: (name) => ({ Name: name }),
  clearable: 'Phone',
  refused: { NumberOfEmployees: -1, Language__c: 'DE', ParentId: '001' },
  unknownKey: (n) => crmId('001', `nobody ${n}`),
  removal: (key) => ({ method: 'DELETE', path: `/services/data/v1/sobjects/Account/${key}` }),
  lists: [
    {
      kind: 'Contact',
      fill: (db, parents, count) =>
        crmTables(db).contacts.load(
          parents.flatMap((AccountId) =>
            Array.from({ length: count }, (_, i) => ({
              key: crmId('003', `${AccountId} ${i}`),
              body: {
                External_Id__c: null,
                AccountId,
                // Two of a name, and a tab within: neither may upset the pages.
                Name: `Maria\tAnders ${Math.floor(i / 2)}`,
                Title: null,
                Roles__c: i % 2 === 0 ? (['Buyer', 'Other'] as const) : (['Technical'] as const),
                Email: null,
                Phone: null,
                MailingCountryCode: 'DE',
                HasOptedOutOfEmail: null,
                DoNotCall: true,
                Consent_Date__c: null,
              },
            })),
          ),
        ),
      where: { Roles__c: ['Buyer'] },
      meets: (count) => Math.ceil(count / 2),
    },
    {
      kind: 'Account',
      fill: (db, parents, count) =>
        crmTables(db).accounts.load(
          parents.flatMap((ParentId) =>
            Array.from({ length: count }, (_, i) => ({
              key: crmId('001', `${ParentId} ${i}`),
              body: {
                ...blankAccount,
                Name: 'Branch',
                Type: i === 0 ? ('Prospect' as const) : ('Customer' as const),
                ParentId,
              },
            })),
          ),
        ),
      where: { Type: 'Prospect' },
      meets: () => 1,
    },
  ],
};
