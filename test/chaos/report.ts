import type { Outcome } from './run.ts';
import { verdictText } from './verdict.ts';

/** What a run came to, for the person at the terminal. Pure. */
export function reportText(outcome: Outcome): string {
  const { told, claims, effects, violations } = outcome;
  const refusals = told.flatMap((one) => [...new Set(one.refusals)]);
  const refused = told.filter((one) => one.refusals.length > 0).length;
  const copies = claims.filter(({ copyOf }) => copyOf !== null);
  const own = claims.filter(({ copyOf }) => copyOf === null);
  return [
    `  ${told.length - refused} writes acknowledged, ${refused} refused; ${effects} effects at the owners`,
    `  writes: ${counts(own.map(({ state }) => state))}`,
    ...(copies.length > 0 ? [`  copies: ${counts(copies.map(({ state }) => state))}`] : []),
    ...(refused > 0 ? [`  refusals: ${counts(refusals)}`] : []),
    ...boundariesOf(outcome),
    '',
    verdictText(violations),
  ].join('\n');
}

/** How often each of them is there, such as `3 FAILED, 60 SUCCEEDED`. */
function counts(words: readonly string[]): string {
  const groups = Map.groupBy(words, (word) => word);
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([word, all]) => `${all.length} ${word}`)
    .join(', ');
}

/** Where the blows fell. */
function boundariesOf({ boundaries, killed, paused }: Outcome): readonly string[] {
  const sum = (counts: ReadonlyMap<string, number>) =>
    [...counts.values()].reduce((all, count) => all + count, 0);
  const spared = unmet(boundaries, killed);
  return [
    `  ${sum(killed)} kills, ${sum(paused)} pauses beyond the lease; at a random moment ${killed.get('') ?? 0} and ${paused.get('') ?? 0} of them`,
    ...boundaries.map(
      (name) => `    ${name}: ${killed.get(name) ?? 0} kills, ${paused.get(name) ?? 0} pauses`,
    ),
    ...(spared.length > 0 ? [`  no worker was killed at: ${spared.join(', ')}`] : []),
  ];
}

/** Boundaries at which no worker was killed. */
export function unmet(boundaries: readonly string[], killed: ReadonlyMap<string, number>): readonly string[] {
  return boundaries.filter((name) => !killed.has(name));
}
