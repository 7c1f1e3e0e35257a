import type { Guard } from '../runtime/guard.ts';
import { crossingOf } from '../subgraphs/crossing.ts';
import type { Registered } from '../subgraphs/index.ts';
import type { Sandbox } from '../subgraphs/sandbox/api.ts';
import type { Store } from '../subgraphs/store.ts';
import type { System } from '../subgraphs/system.ts';

export interface SystemsOptions {
  readonly here: readonly Registered[];
  readonly sandboxes: readonly Sandbox[];
  readonly guards: ReadonlyMap<string, Guard>;
  /** Where the sandboxes' records can be opened over HTTP; null where they cannot. */
  readonly url: string | null;
}

/** The systems of record that are here, each over its sandbox. */
export function openSystems(
  { identity, fingerprint }: Pick<Store, 'identity' | 'fingerprint'>,
  { here, sandboxes, guards, url }: SystemsOptions,
): readonly System[] {
  return here.map((system) => {
    const sandbox = sandboxes.find(({ name }) => name === system.name);
    const guard = guards.get(system.name);
    if (!sandbox || !guard) throw new Error(`the system ${system.name} was not opened`);
    const site = url === null ? null : `${url}/${system.name}`;
    const crossing = crossingOf(identity, system.system);
    return system.open(sandbox.wire, { guard, crossing, fingerprint, site });
  });
}
