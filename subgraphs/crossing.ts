import type { Identity, SystemName } from '../identity/index.ts';
import type { RequestContext } from '../runtime/context.ts';

/** The way between the graph's ids and one system's own keys. */
export interface Crossing {
  /** Whether the caller sees all entities; whom it does not see is unknown to it. */
  seesAll(context: RequestContext): boolean;
  /** The system's own keys of these entities, in their order; null for one that it does not know. */
  keysOf(context: RequestContext, ids: readonly string[]): Promise<readonly (string | null)[]>;
  idOf(context: RequestContext, key: string): Promise<string | null>;
  /** All keys that ever were this entity's, or that of one merged into it, and are nobody else's now; in order. */
  everOf(context: RequestContext, id: string): Promise<readonly string[]>;
  /**
   * Makes a record the entity's, unless it is somebody else's by now; the entity comes into being where it is not there.
   * Rejects once the request's time is over: somebody else may have taken the record away since it was seen.
   */
  link(context: RequestContext, id: string, key: string): Promise<void>;
  /** A record that is gone is nobody's any more. */
  unlink(context: RequestContext, id: string, key: string): Promise<void>;
}

/** One system's way between the graph's ids and its own keys, over the register. */
export function crossingOf(identity: Identity, system: SystemName): Crossing {
  return {
    seesAll: (context) => identity.rowsOf(context) === null,
    keysOf: (context, ids) => identity.loadersOf(context).keys(system, ids),
    idOf: (context, key) => identity.loadersOf(context).id(system, key),
    everOf: (_, id) => identity.crosswalk.everOf(system, id),
    async link(context, id, key) {
      await identity.register.enrol([{ id, records: [{ system, key }], facts: {} }], context.deadline);
      identity.loadersOf(context).forget(id);
    },
    async unlink(context, id, key) {
      await identity.register.unlink(system, [key]);
      identity.loadersOf(context).forget(id);
    },
  };
}
