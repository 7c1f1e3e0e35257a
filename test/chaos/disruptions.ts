import type { Draws } from '../../subgraphs/seed/population/draws.ts';
import type { Trap } from './messages.ts';

/** What is done to one worker: at a boundary between two statements, or some milliseconds from now. */
export type Disruption =
  | { readonly kind: 'trap'; readonly trap: Trap }
  | { readonly kind: 'moment'; readonly how: Trap['how']; readonly after: number };

/** How often each boundary was met, by its name; a boundary is known as soon as a worker has passed it. */
export interface Coverage {
  readonly SIGKILL: ReadonlyMap<string, number>;
  readonly SIGSTOP: ReadonlyMap<string, number>;
}

/** The next blow: first where none has fallen yet, then anywhere and at any moment. Pure but for the draws. */
export function nextDisruption(
  how: Trap['how'],
  draws: Draws,
  boundaries: readonly string[],
  coverage: Coverage,
): Disruption {
  const missing = boundaries.filter((name) => !coverage[how].has(name));
  if (missing.length > 0 && draws.chance(0.85)) return { kind: 'trap', trap: { how, at: missing, skip: 0 } };
  if (boundaries.length > 0 && draws.chance(0.6))
    return { kind: 'trap', trap: { how, at: [draws.pick(boundaries)], skip: draws.between(0, 6) } };
  return { kind: 'moment', how, after: draws.between(0, 400) };
}

/** Kills, and among them a pause beyond the lease after every fourth. */
export function blows(kills: number): readonly Trap['how'][] {
  return Array.from({ length: kills }, (_, i): Trap['how'][] =>
    i % 4 === 3 ? ['SIGKILL', 'SIGSTOP'] : ['SIGKILL'],
  ).flat();
}
