import type { RequestContext } from '../../runtime/context.ts';
import type { CustomerGroup, GroupBalance } from '../../schema/generated/billing.ts';
import type { Reader } from '../reader.ts';
import type { Surroundings } from '../system.ts';
import { recordsOf, totalsOf } from '../totals.ts';
import type { BillingCustomer, BillingRows } from './customer.ts';
import { mapping } from './mapping.ts';

interface Around extends Pick<Surroundings<BillingCustomer, BillingRows>, 'connector' | 'crossing'> {
  readonly reader: Reader<BillingCustomer>;
}

/** What a group owes together; null where nobody says who is in it. */
export function groupResolvers({ connector, crossing, reader }: Around) {
  const read = { crossing, reader, fields: mapping.balance.fields, batch: connector.capabilities.batchSize };
  return {
    async groupBalance(
      { group }: { readonly group?: CustomerGroup | null },
      _: unknown,
      context: RequestContext,
    ): Promise<GroupBalance | null> {
      if (!group) return null;
      const customers = await recordsOf(context, group.customerIds, read);
      const balances = totalsOf(customers.flatMap((customer) => mapping.balance.get(customer) ?? []));
      return { balances, customers: customers.length, complete: group.complete };
    },
  };
}
