import { hintsBy } from '../lists.ts';
import { madeFor, openSystem, type SystemModule, type Told } from '../system.ts';
import { accountFields, type Account, type AccountRows } from './account.ts';
import { consentResolvers } from './consent.ts';
import { crmConnector } from './connector.ts';
import { accountFacts } from './facts.ts';
import { groupResolvers } from './group-resolvers.ts';
import { hintedIn } from './hook.ts';
import { mapping } from './mapping.ts';
import { crmSandbox } from './sandbox.ts';

export { accountFacts } from './facts.ts';
export { crmId } from './ids.ts';
export { crmTables } from './sandbox.ts';
export { contactFaultsIn, faultsIn } from './validation.ts';
export {
  blankAccount,
  blankContact,
  type Account,
  type AccountBody,
  type AccountRows,
  type Contact,
  type ContactBody,
} from './account.ts';

/** The CRM. */
export const crm: SystemModule<Account, AccountRows> = {
  name: 'crm',
  system: 'CRM',
  sandbox: crmSandbox,
  connect: crmConnector,
  hinted: hintsBy(mapping, hintedIn),
  open: (surroundings) =>
    openSystem(
      {
        name: 'crm',
        system: 'CRM',
        typename: 'Customer',
        recordTypename: 'CrmRecord',
        mapping,
        fields: accountFields,
        copies: {},
        external: (customerId) => ({ Customer_Id__c: customerId }),
        page: (key) => `/services/data/v1/sobjects/Account/${key}`,
        nested: () => consentResolvers,
        computed: (reader, link) => groupResolvers({ ...surroundings, reader, link }),
        async tell(accounts, call) {
          const request = { parents: accounts.map(({ key }) => key), first: 100, after: null, where: {} };
          const contacts = await surroundings.connector.list('Contact', request, call);
          return new Map(
            accounts.map(({ key, record }): [string, Told] => {
              const people = (contacts.get(key)?.rows ?? []).map(({ row }) => row);
              return [key, { facts: accountFacts(record, people), ...madeFor(record.Customer_Id__c) }];
            }),
          );
        },
      },
      surroundings,
    ),
};
