import type { RequestContext } from '../../runtime/context.ts';
import type { CustomerGroup, GroupExposure } from '../../schema/generated/erp.ts';
import type { Reader } from '../reader.ts';
import type { Surroundings } from '../system.ts';
import { recordsOf, totalsOf } from '../totals.ts';
import { mapping } from './mapping.ts';
import type { BusinessPartner, PartnerRows } from './partner.ts';

interface Around extends Pick<Surroundings<BusinessPartner, PartnerRows>, 'connector' | 'crossing'> {
  readonly reader: Reader<BusinessPartner>;
}

/** How much a group may owe together; null where nobody says who is in it. */
export function groupResolvers({ connector, crossing, reader }: Around) {
  const { creditLimit, creditStatus } = mapping;
  const fields = [...creditLimit.fields, ...creditStatus.fields];
  const read = { crossing, reader, fields, batch: connector.capabilities.batchSize };
  return {
    async groupExposure(
      { group }: { readonly group?: CustomerGroup | null },
      _: unknown,
      context: RequestContext,
    ): Promise<GroupExposure | null> {
      if (!group) return null;
      const partners = await recordsOf(context, group.customerIds, read);
      return {
        limits: totalsOf(partners.flatMap((partner) => creditLimit.get(partner) ?? [])),
        customers: partners.length,
        blocked: partners.filter((partner) => creditStatus.get(partner) === 'BLOCKED').length,
        complete: group.complete,
      };
    },
  };
}
