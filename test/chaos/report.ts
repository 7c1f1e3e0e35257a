import { boundaries as ofWrites } from '../../coordination/drive.ts';
import { boundaries as ofWorkflows } from '../../coordination/workflows/drive.ts';
import type { Outcome } from './run.ts';
import { verdictText } from './verdict.ts';

/** All boundaries that workers can pass. */
const boundaries: readonly string[] = [
  ...ofWrites,
  // Between an owner's effect and the register's.
  ...['made', 'taken away'],
  ...ofWorkflows.map((name) => `workflow ${name}`),
];

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
    ...onboardingsOf(outcome),
    ...(refused > 0 ? [`  refusals: ${counts(refusals)}`] : []),
    ...boundariesOf(outcome),
    ...restartsOf(outcome),
    '',
    verdictText(violations),
  ].join('\n');
}

/** How new customers ended, and what was made of them. */
function onboardingsOf({ onboardings, records: { made, withdrawn } }: Outcome): readonly string[] {
  if (onboardings.length === 0) return [];
  return [
    `  onboardings: ${counts(onboardings.map(({ state }) => state))}; ${made} records made, ${withdrawn} of them withdrawn`,
  ];
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
function boundariesOf({ killed, paused }: Outcome): readonly string[] {
  const sum = (counts: ReadonlyMap<string, number>) =>
    [...counts.values()].reduce((all, count) => all + count, 0);
  const line = (name: string, at: string) =>
    `    ${name.padEnd(18)}${String(killed.get(at) ?? 0).padStart(4)} kills${String(paused.get(at) ?? 0).padStart(4)} pauses`;
  const spared = boundaries.filter((name) => !killed.has(name));
  return [
    `  ${sum(killed)} kills, ${sum(paused)} pauses beyond the lease:`,
    ...boundaries.map((name) => line(name, name)),
    line('at any moment', ''),
    ...(spared.length > 0 ? [`  no worker was killed at: ${spared.join(', ')}`] : []),
  ];
}

function restartsOf({ restarts: { count, within } }: Outcome): readonly string[] {
  return count === 0 ? [] : [`  ${count} restarts of the database within ${(within / 1000).toFixed(1)} s`];
}
