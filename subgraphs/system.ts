import type { Fingerprinter, Hinted } from '../events/index.ts';
import type { Facts } from '../identity/facts.ts';
import type { Change, Feed, SystemName } from '../identity/index.ts';
import type { Db } from '../runtime/db/index.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { Call, Connector, Moved, Versioned } from './connector.ts';
import { fingerprintsOf } from './fingerprint.ts';
import type { Attribute } from './lens.ts';
import { listReader, listsOf } from './lists.ts';
import { participantResolvers } from './participant/index.ts';
import { chunks, createReader, type Guard, type Reader } from './reader.ts';
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
  /** What records are like now, and of the lists below them that are named; one that is not there is deleted. */
  reread(hints: readonly Hinted[], signal: AbortSignal): Promise<readonly Change[]>;
  /** Which of these records the system has. */
  present(keys: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Whether its feed tells what is gone. */
  readonly deletesVisible: boolean;
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
  /** The records that a message of the system is about; null for what is no message of it. */
  readonly hinted: (body: unknown) => readonly Hinted[] | null;
}

/** What a record says of its customer, for the register. */
export interface Told {
  readonly facts: Facts;
  /** The customer, or the record of another system that means the same one, where the record names one. */
  readonly refersTo?: { readonly system: SystemName; readonly key: string };
}

/** The customer that a record was made for; failing that, the account in the CRM that it names. */
export function madeFor(customerId?: string | null, account?: string | null): Pick<Told, 'refersTo'> {
  if (customerId != null) return { refersTo: { system: 'IDENTITY', key: customerId } };
  return account == null ? {} : { refersTo: { system: 'CRM', key: account } };
}

/** A record, and the attributes that are known to have changed below it. */
interface Touched<R> extends Versioned<R> {
  readonly touched: readonly string[];
}

interface Definition<R extends object> {
  readonly name: string;
  readonly system: SystemName;
  /** The entity's name in the contract, and that of the system's own record of it. */
  readonly typename: string;
  readonly recordTypename: string;
  readonly mapping: Readonly<Record<string, Attribute<R>>>;
  /** All fields of a record, as its feed gives them. */
  readonly fields: readonly (keyof R & string)[];
  /** Where it keeps copies of what others own. */
  readonly copies: Readonly<Record<string, Attribute<R>>>;
  /** What a new record has that is made for a customer of this id. */
  readonly external: (customerId: string) => Partial<R>;
  /** What records say, by key. */
  readonly tell: (records: readonly Versioned<R>[], call: Call) => Promise<ReadonlyMap<string, Told>>;
  /** Path of a record under the site. */
  readonly page: (key: string) => string;
  /** Resolvers of values that name other entities. */
  readonly nested?: (link: ReturnType<typeof createSlices<R>>['link']) => Resolvers;
  /** Resolvers of what is computed from more than one record, by attribute. */
  readonly computed?: (reader: Reader<R>, link: ReturnType<typeof createSlices<R>>['link']) => Computed;
  /** Fields of other systems that this is computed from. */
  readonly required?: readonly string[];
}

type Computed = Resolvers[string];

/** Opens a system: what its folder says of it, in its surroundings. */
export function openSystem<R extends object, Rows extends object>(
  definition: Definition<R>,
  { connector, guard, crossing, fingerprint, site }: Surroundings<R, Rows>,
): System {
  const { name, system, typename, recordTypename, mapping, fields, copies, external, tell } = definition;
  const { batchSize, feed } = connector.capabilities;
  const fingerprints = fingerprintsOf(fingerprint, mapping);
  const printsOfCopies = fingerprintsOf(fingerprint, copies);
  const lists = listReader({ connector, mapping, fingerprint });
  const reader = createReader({ system: name, connector, guard });
  const { required = [] } = definition;
  const slices = createSlices({ typename, mapping, reader, crossing, required });
  const participant = {
    ...{ system: name, entity: typename, connector, guard, crossing, mapping, copies, external },
    ...{ fingerprint, fingerprints },
  };

  /** What records of the system tell, however they were read. */
  async function toldOf(records: readonly Touched<R>[], call: Call): Promise<readonly Change[]> {
    const told = await tell(records, call);
    const listed = await lists(records, call);
    return records.map(({ key, version, record, touched }) => ({
      ...{ key, version, touched, facts: {} },
      fingerprints: { ...fingerprints(record), ...listed.get(key) },
      copies: printsOfCopies(record),
      ...told.get(key),
    }));
  }

  const touched = (one: Moved<R>): Touched<R> => ({ ...one, touched: listsOf(mapping, one.moved ?? []) });

  async function read(
    keys: readonly string[],
    wanted: typeof fields,
    call: Call,
  ): Promise<readonly Versioned<Partial<R>>[]> {
    const found: Versioned<Partial<R>>[] = [];
    for (const some of keys.length === 0 ? [] : chunks(keys, batchSize))
      found.push(...(await connector.read(some, wanted, call)).values());
    return found;
  }

  return {
    name,
    system,
    resolvers: {
      [typename]: { ...slices.resolvers, ...definition.computed?.(reader, slices.link) },
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
            ...(await toldOf(present.map(touched), call)),
            ...gone.map(({ key }) => ({ key, facts: {}, deleted: true })),
          ],
          next,
          more,
        };
      },
      now: (signal) => connector.now({ correlationId: `feed-${name}`, signal }),
    },
    async reread(hints, signal) {
      const call = { correlationId: `reread-${name}`, signal };
      const asked = new Map(hints.map((one) => [one.key, one.touched ?? []]));
      // All of its fields were asked for.
      const found = (await read([...asked.keys()], fields, call)) as readonly Versioned<R>[];
      const there = new Set(found.map(({ key }) => key));
      const gone = [...asked.keys()].filter((key) => !there.has(key));
      const present = found.map((one) => ({ ...one, touched: asked.get(one.key) ?? [] }));
      return [...(await toldOf(present, call)), ...gone.map((key) => ({ key, facts: {}, deleted: true }))];
    },
    async present(keys, signal) {
      const found = await read(keys, [], { correlationId: `sweep-${name}`, signal });
      return new Set(found.map(({ key }) => key));
    },
    deletesVisible: feed.deletesVisible,
  };
}
