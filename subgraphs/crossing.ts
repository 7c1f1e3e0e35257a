import type { Identity, SystemName } from '../identity/index.ts';
import type { Crossing } from './slice.ts';

/** One system's way between the graph's ids and its own keys, over the register. */
export function crossingOf(identity: Identity, system: SystemName): Crossing {
  return {
    seesAll: (context) => identity.rowsOf(context) === null,
    keysOf: (context, ids) => identity.loadersOf(context).keys(system, ids),
    idOf: (context, key) => identity.loadersOf(context).id(system, key),
    everOf: (_, id) => identity.crosswalk.everOf(system, id),
    async link(context, id, key) {
      await identity.register.enrol([{ id, records: [{ system, key }], facts: {} }]);
      identity.loadersOf(context).forget(id);
    },
    async unlink(context, id, key) {
      await identity.register.unlink(system, [key]);
      identity.loadersOf(context).forget(id);
    },
  };
}
