import { isDeepStrictEqual } from 'node:util';
import type { Examined, Found, Order, Outcome, Participant } from '../../coordination/participant.ts';
import type { Values } from '../../coordination/write.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';

/** What an owner did: its own log, which nobody under test writes. */
export interface Effect {
  readonly system: SystemName;
  readonly entityId: string;
  readonly wireKey: string;
  readonly values: Values;
  readonly version: number;
}

/** An owner in memory, with the fencing of its kind and faults on demand. */
export interface Owner extends Participant {
  readonly effects: readonly Effect[];
  /** Called with each order before it is looked at, and with what it had done; each may replace the outcome. */
  faults: {
    before?: ((order: Order) => Promise<Outcome | undefined> | Outcome | undefined) | undefined;
    after?: ((order: Order) => Promise<Outcome | undefined> | Outcome | undefined) | undefined;
    reading?:
      ((entityId: string) => Promise<Examined | null | undefined> | Examined | null | undefined) | undefined;
    /** Awaited between the look at a record and its answer. */
    looked?: ((entityId: string) => Promise<void> | void) | undefined;
  };
  /** The record as it is. */
  record(entityId: string): Values;
  /** A change by somebody else. */
  touch(entityId: string, values: Values): void;
  readonly calls: { examine: number; apply: number };
}

export function ownerOf(system: SystemName, kind: 'conditional' | 'keyed', log: Effect[] = []): Owner {
  const records = new Map<string, { version: number; values: Values }>();
  const keys = new Map<string, Outcome>();
  const recordOf = (id: string) => records.get(id) ?? { version: 1, values: {} };
  const put = (id: string, values: Values): number => {
    const { version, values: old } = recordOf(id);
    records.set(id, { version: version + 1, values: { ...old, ...values } });
    return version + 1;
  };

  /** What the change feed is told of a record; the entity's id is its key here. */
  const recordedOf = (key: string) => ({
    key,
    fingerprints: Object.fromEntries(
      Object.entries(recordOf(key).values).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
  });

  const able = {
    guarantee: 'EFFECTIVELY_ONCE',
    conditional: kind === 'conditional',
    keyed: kind === 'keyed',
  } as const;

  function carryOut({ entityId, changes, restore, wireKey, ifVersion }: Order): Outcome {
    const { version } = recordOf(entityId);
    if (kind === 'conditional' && ifVersion !== String(version)) return { status: 'STALE' };
    const known = keys.get(wireKey);
    if (kind === 'keyed' && known) return known;
    const values = restore === undefined ? changes : (restore as Values);
    const written = put(entityId, values);
    log.push({ system, entityId, wireKey, values, version: written });
    const record = recordedOf(entityId);
    const outcome: Outcome = { status: 'APPLIED', version: String(written), values: changes, record };
    keys.set(wireKey, outcome);
    return outcome;
  }

  const owner: Owner = {
    system,
    effects: log,
    faults: {},
    calls: { examine: 0, apply: 0 },
    record: (id) => recordOf(id).values,
    touch: put,
    async examine({ entityId, changes, restore }) {
      owner.calls.examine++;
      const instead = await owner.faults.reading?.(entityId);
      if (instead !== undefined) return instead;
      const { version, values } = recordOf(entityId);
      const of = (name: string): unknown => values[name] ?? null;
      const current = Object.fromEntries(Object.keys(changes).map((name) => [name, of(name)]));
      const found: Found = {
        version: String(version),
        values: current,
        restore: current,
        same: Object.keys(changes).filter((name) => isDeepStrictEqual(of(name), changes[name])),
        restored:
          restore !== undefined &&
          Object.entries(restore as Values).every(([name, value]) => isDeepStrictEqual(of(name), value)),
        refusals: [],
        ...(restore === undefined ? {} : { record: recordedOf(entityId) }),
      };
      await owner.faults.looked?.(entityId);
      return { ...able, found };
    },
    async apply(order) {
      owner.calls.apply++;
      const instead = await owner.faults.before?.(order);
      if (instead) return instead;
      const outcome = carryOut(order);
      return (await owner.faults.after?.(order)) ?? outcome;
    },
  };
  return owner;
}
