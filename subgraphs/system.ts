import type { Fingerprinter } from '../events/index.ts';
import type { Facts } from '../identity/facts.ts';
import type { Change, Feed, SystemName } from '../identity/index.ts';
import type { Db } from '../runtime/db/index.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { Call, Connector, Versioned } from './connector.ts';
import { fingerprintsOf } from './fingerprint.ts';
import type { Attribute } from './lens.ts';
import { participantResolvers } from './participant/index.ts';
import { createReader, type Guard } from './reader.ts';
import type { Sandbox } from './sandbox/api.ts';
import { createSlices, type Crossing } from './slice.ts';
import type { Wire } from './wire.ts';

/** What a system needs from the house to be opened. */
export interface Surroundings<R extends object, Rows extends object> {
  readonly connector: Connector<R, Rows>;
  readonly guard: Guard;
  readonly crossing: Crossing;
  readonly fingerprint: Fingerprinter;
  /** Where records can be opened over HTTP, without a slash at the end; null where they cannot. */
  readonly site: string | null;
}

/** A system of record, opened: its slice of the graph, and its feed for the register. */
export interface System {
  /** As the subgraph and the folder are called. */
  readonly name: string;
  /** As the contract calls it. */
  readonly system: SystemName;
  readonly resolvers: Resolvers;
  readonly feed: SystemFeed;
}

/** A system's feed as the register reads it. */
export interface SystemFeed extends Feed {
  /** The cursor from which it tells what changes from now on, and perhaps a little of what was before. */
  now(signal: AbortSignal): Promise<string>;
}

/** One system of record, as its folder exports it. `R` is its own record, `Rows` what it lists below one. */
export interface SystemModule<R extends object, Rows extends object> {
  readonly name: string;
  readonly system: SystemName;
  /** The system as it comes with the product: on the database that is given. */
  readonly sandbox: (db: Db, random?: () => number) => Sandbox;
  /** Speaks the sandbox's API. */
  readonly connect: (wire: Wire) => Connector<R, Rows>;
  readonly open: (surroundings: Surroundings<R, Rows>) => System;
}

/** What a record says of its customer, for the register. */
export interface Told {
  readonly facts: Facts;
  /** The record of another system that means the same customer, where the record names one. */
  readonly refersTo?: { readonly system: SystemName; readonly key: string };
}

interface Definition<R extends object> {
  readonly name: string;
  readonly system: SystemName;
  /** The entity's name in the contract, and that of the system's own record of it. */
  readonly typename: string;
  readonly recordTypename: string;
  readonly mapping: Readonly<Record<string, Attribute<R>>>;
  /** Where it keeps copies of what others own. */
  readonly copies: Readonly<Record<string, Attribute<R>>>;
  /** What records say, by key. */
  readonly tell: (records: readonly Versioned<R>[], call: Call) => Promise<ReadonlyMap<string, Told>>;
  /** Path of a record under the site. */
  readonly page: (key: string) => string;
  /** Resolvers of values that name other entities. */
  readonly nested?: (link: ReturnType<typeof createSlices<R>>['link']) => Resolvers;
}

/** Opens a system: what its folder says of it, in its surroundings. */
export function openSystem<R extends object, Rows extends object>(
  definition: Definition<R>,
  { connector, guard, crossing, fingerprint, site }: Surroundings<R, Rows>,
): System {
  const { name, system, typename, recordTypename, mapping, copies, tell } = definition;
  const fingerprints = fingerprintsOf(fingerprint, mapping);
  const reader = createReader({ system: name, connector, guard });
  const slices = createSlices({ typename, mapping, reader, crossing });
  const participant = {
    ...{ system: name, entity: typename, connector, guard, crossing, mapping, copies },
    fingerprints,
  };

  /** What records of the system tell, however they were read. */
  async function toldOf(records: readonly Versioned<R>[], call: Call): Promise<readonly Change[]> {
    const told = await tell(records, call);
    return records.map(({ key, version, record }) => ({
      ...{ key, version, facts: {} },
      fingerprints: fingerprints(record),
      ...told.get(key),
    }));
  }

  return {
    name,
    system,
    resolvers: {
      [typename]: slices.resolvers,
      [recordTypename]: {
        __resolveReference: async ({ key }: { key: string }, context) => {
          const found = await reader.record(context, { key, fields: [], signature: '' });
          return {
            __typename: recordTypename,
            system,
            key,
            version: found?.version,
            updatedAt: found?.updatedAt,
            url: site === null ? null : `${site}${definition.page(key)}`,
          };
        },
      },
      ...definition.nested?.(slices.link),
      ...participantResolvers(participant),
    },
    feed: {
      system,
      async changes(since, signal) {
        const call = { correlationId: `feed-${name}`, signal };
        const { changed, next, more } = await connector.changes(since, call);
        const latest = new Map(changed.map((change) => [change.key, change]));
        const present = [...latest.values()].filter((change) => 'record' in change);
        const gone = [...latest.values()].filter((change) => 'deleted' in change);
        return {
          changed: [
            ...(await toldOf(present, call)),
            ...gone.map(({ key }) => ({ key, facts: {}, deleted: true })),
          ],
          next,
          more,
        };
      },
      now: (signal) => connector.now({ correlationId: `feed-${name}`, signal }),
    },
  };
}
