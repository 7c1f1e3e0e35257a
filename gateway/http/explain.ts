import type { Observation } from '../../runtime/context.ts';
import type { Explained } from '../engine/index.ts';

/** The story of one answer, told on request as `extensions.explain`. All times are in milliseconds. */
interface Story {
  readonly took: number;
  /** Who was asked, in the order of the first call. */
  readonly systems: readonly string[];
  /** Every call, with the time (ISO 8601) at which it read: nothing that it brought is older. */
  readonly calls: readonly (Observation & { readonly readAt: string })[];
  /** Of the operation with its variables, as it counts for the limits. */
  readonly cost: number;
  readonly plan: Explained;
}

/** Collects what an answer is made of, from now on. */
export function explanation() {
  const began = Date.now();
  const observed: Observation[] = [];
  return {
    observe: (observation: Observation): void => {
      observed.push(observation);
    },
    /** The serialised answer, with the story in it. */
    told(body: string, plan: Explained, cost: number): string {
      const explain: Story = {
        took: Date.now() - began,
        systems: [...new Set(observed.map((one) => one.system))],
        calls: observed.map((one) => ({
          ...one,
          startedAt: rounded(one.startedAt),
          took: rounded(one.took),
          readAt: new Date(began + one.startedAt).toISOString(),
        })),
        cost,
        plan,
      };
      return `${body.slice(0, -1)},"extensions":${JSON.stringify({ explain })}}`;
    },
  };
}

/** To a microsecond. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
