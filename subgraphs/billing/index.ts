import { hintsBy } from '../lists.ts';
import { madeFor, openSystem, type SystemModule, type Told } from '../system.ts';
import { billingConnector } from './connector.ts';
import { copies } from './copies.ts';
import { customerFields, type BillingCustomer, type BillingRows } from './customer.ts';
import { payerFacts } from './facts.ts';
import { groupResolvers } from './group.ts';
import { hintedIn } from './hook.ts';
import { mapping } from './mapping.ts';
import { billingSandbox } from './sandbox.ts';

export { copies };
export type { BillingCustomer, BillingInvoice, BillingRows, BillingSubscription } from './customer.ts';
export { payerFacts } from './facts.ts';
export { billingId } from './ids.ts';
export { loadBilling } from './tables.ts';

/** The billing system. */
export const billing: SystemModule<BillingCustomer, BillingRows> = {
  name: 'billing',
  system: 'BILLING',
  sandbox: billingSandbox,
  connect: billingConnector,
  hinted: hintsBy(mapping, hintedIn),
  open: (surroundings) =>
    openSystem(
      {
        name: 'billing',
        system: 'BILLING',
        typename: 'Customer',
        recordTypename: 'BillingRecord',
        mapping,
        fields: customerFields,
        copies,
        required: ['group'],
        computed: (reader) => groupResolvers({ ...surroundings, reader }),
        external: (customerId) => ({ metadata: { account: null, customer: customerId } }),
        page: (key) => `/v1/customers/${key}`,
        tell: (customers) =>
          Promise.resolve(
            new Map(
              customers.map(({ key, record }): [string, Told] => [
                key,
                {
                  facts: payerFacts(record),
                  ...madeFor(record.metadata.customer, record.metadata.account),
                },
              ]),
            ),
          ),
      },
      surroundings,
    ),
};
