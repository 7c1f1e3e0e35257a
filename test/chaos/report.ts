import type { Claim } from './claims.ts';
import type { Outcome } from './run.ts';
import { verdictText } from './verdict.ts';

/** What a run came to, for the person at the terminal. Pure. */
export function reportText(outcome: Outcome): string {
  const { told, claims, effects, violations } = outcome;
  const refused = told.filter(({ refusals }) => refusals.length > 0).length;
  const copies = claims.filter(({ copyOf }) => copyOf !== null);
  const own = claims.filter(({ copyOf }) => copyOf === null);
  return [
    `  ${told.length - refused} writes acknowledged, ${refused} refused; ${effects} effects at the owners`,
    `  writes: ${statesOf(own)}`,
    ...(copies.length > 0 ? [`  copies: ${statesOf(copies)}`] : []),
    ...boundariesOf(outcome),
    '',
    verdictText(violations),
  ].join('\n');
}

function statesOf(claims: readonly Claim[]): string {
  const states = Map.groupBy(claims, ({ state }) => state);
  return [...states]
    .map(([state, some]) => `${some.length} ${state}`)
    .sort()
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
