import type { Resolvers as ContractResolvers } from '../../schema/generated/coordination.ts';
import type { Indicators } from './open.ts';

/** The figures of the business, as part of the surface of governed writes. */
export function indicatorResolvers(indicators: Indicators) {
  return {
    Query: {
      async indicators() {
        const { creationToBillable, writesSettled, ...figures } = await indicators();
        const { buckets, sum } = creationToBillable;
        const { firstAttempt, laterAttempt, notConfirmed } = writesSettled;
        const settled = firstAttempt + laterAttempt + notConfirmed;
        return {
          ...figures,
          creationToBillable: {
            buckets: buckets.map(({ upTo, count }) => ({ upTo: upTo === Infinity ? null : upTo, count })),
            count: buckets.at(-1)?.count ?? 0,
            sum,
          },
          writesSettled: {
            ...writesSettled,
            firstAttemptShare: settled === 0 ? null : firstAttempt / settled,
          },
        };
      },
    },
  } satisfies ContractResolvers;
}
