import type { Overrides } from '../planner.ts';

/** Overrides for one operation, and text that is the same exactly where they lead to the same plan. */
export interface Choice {
  readonly key: string;
  readonly overrides: Overrides;
}

const none: Choice = { key: '', overrides: { labels: new Set(), percentage: 0 } };

/**
 * Which overrides apply, asked for each operation. Only labels that the supergraph knows count, and a percentage only
 * by which of the supergraph's own it is below: so the number of plans of one operation stays small.
 */
export function overrideChoice(
  labels: readonly string[],
  percentages: readonly number[],
  choose: () => Overrides,
): () => Choice {
  if (labels.length === 0 && percentages.length === 0) return () => none;
  return () => {
    const chosen = choose();
    const on = labels.filter((label) => chosen.labels.has(label));
    const above = percentages.filter((percentage) => chosen.percentage < percentage);
    return {
      key: `${on.join()}/${above.length}\n`,
      overrides: { labels: new Set(on), percentage: chosen.percentage },
    };
  };
}
