import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../runtime/context.ts';
import type { CustomerGroup } from '../../schema/generated/crm.ts';
import type { Local } from '../lens.ts';
import type { Reader } from '../reader.ts';
import type { Surroundings } from '../system.ts';
import type { Account, AccountRows } from './account.ts';
import { groupsOf } from './group.ts';

interface Around extends Pick<Surroundings<Account, AccountRows>, 'connector' | 'guard' | 'crossing'> {
  readonly reader: Reader<Account>;
  readonly link: (context: RequestContext, local: Local | null, info: GraphQLResolveInfo) => unknown;
}

interface Slice {
  readonly localKey: string | null;
}

/** What is computed from the accounts above a customer's, and below it. */
export function groupResolvers({ connector, guard, crossing, reader, link }: Around) {
  const groups = groupsOf(connector, guard, reader);
  return {
    async ultimateParent({ localKey }: Slice, _: unknown, context: RequestContext, info: GraphQLResolveInfo) {
      const top = localKey === null ? null : await groups.top(context, localKey);
      return link(context, top === null ? null : { localKey: top }, info);
    },
    /** An account that the graph does not know yet is left out, as it is of `children`. */
    async group({ localKey }: Slice, _: unknown, context: RequestContext): Promise<CustomerGroup | null> {
      if (localKey === null) return null;
      const { keys, complete } = await groups.members(context, localKey);
      const ids = await Promise.all(keys.map((key) => crossing.idOf(context, key)));
      return { customerIds: ids.filter((id) => id !== null), complete };
    },
  };
}
