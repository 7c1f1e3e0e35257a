import { hintsBy } from '../lists.ts';
import { madeFor, openSystem, type SystemModule, type Told } from '../system.ts';
import { erpConnector } from './connector.ts';
import { copies } from './copies.ts';
import { partnerFacts } from './facts.ts';
import { groupResolvers } from './group.ts';
import { hintedIn } from './hook.ts';
import { mapping } from './mapping.ts';
import { partnerFields, type BusinessPartner, type PartnerRows } from './partner.ts';
import { erpSandbox } from './sandbox.ts';

export { copies };
export { partnerFacts } from './facts.ts';
export { partnerNumber } from './partner-routes.ts';
export { erpTables } from './sandbox.ts';
export { endOfTime, type BusinessPartner, type PartnerAddress } from './partner.ts';
export type { PartnerBody } from './validation.ts';

/** The ERP. */
export const erp: SystemModule<BusinessPartner, PartnerRows> = {
  name: 'erp',
  system: 'ERP',
  sandbox: erpSandbox,
  connect: erpConnector,
  hinted: hintsBy(mapping, hintedIn),
  open: (surroundings) =>
    openSystem(
      {
        name: 'erp',
        system: 'ERP',
        typename: 'Customer',
        recordTypename: 'ErpRecord',
        mapping,
        fields: partnerFields,
        copies,
        required: ['group'],
        computed: (reader) => groupResolvers({ ...surroundings, reader }),
        external: (customerId) => ({ YY1_CustomerId: customerId }),
        page: (number) => `/odata/v1/A_BusinessPartner/${number}`,
        nested: (link) => ({
          BillingStructure: {
            billTo: ({ billTo }, _, context, info) => link(context, billTo, info),
          },
        }),
        tell: (partners) =>
          Promise.resolve(
            new Map(
              partners.map(({ key, record }): [string, Told] => [
                key,
                {
                  facts: partnerFacts(record),
                  ...madeFor(record.YY1_CustomerId, record.ExternalReference),
                },
              ]),
            ),
          ),
      },
      surroundings,
    ),
};
