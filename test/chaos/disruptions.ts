import type { Draws } from '../../subgraphs/seed/population/draws.ts';
import type { Trap } from './messages.ts';

/** What is done to one worker. */
export interface Disruption {
  readonly how: Trap['how'];
  /** Names of the boundaries at which it is met, whichever worker passes one first; empty for any moment. */
  readonly at: readonly string[];
  /** Such boundaries that each worker passes before. */
  readonly skip: number;
  /** Milliseconds until it is met where there is no boundary. */
  readonly after: number;
  /** How long it sleeps where it is stopped: leases of a worker, and always more than one. */
  readonly leases: number;
}

/** How often workers were met at each boundary, by its name. */
export type Coverage = Readonly<Record<Trap['how'], ReadonlyMap<string, number>>>;

/**
 * The next blow: first where none has fallen yet, then anywhere and at any moment. A boundary is known as soon as a
 * worker has passed it. Pure but for the draws.
 */
export function nextDisruption(
  how: Trap['how'],
  draws: Draws,
  boundaries: readonly string[],
  coverage: Coverage,
): Disruption {
  const leases = draws.between(110, 220) / 100;
  const missing = boundaries.filter((name) => !coverage[how].has(name));
  if (missing.length > 0 && draws.chance(0.85)) return { how, at: missing, skip: 0, after: 0, leases };
  if (boundaries.length > 0 && draws.chance(0.6))
    return { how, at: [draws.pick(boundaries)], skip: draws.between(0, 3), after: 0, leases };
  return { how, at: [], skip: 0, after: draws.between(0, 400), leases };
}

/** Kills, and after every so many of them a pause beyond the lease. */
export function blows(kills: number, every: number): readonly Trap['how'][] {
  return Array.from({ length: kills }, (_, i): Trap['how'][] =>
    i % every === every - 1 ? ['SIGKILL', 'SIGSTOP'] : ['SIGKILL'],
  ).flat();
}
