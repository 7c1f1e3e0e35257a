/**
 * The product's own subgraphs over systems that are maps in memory: real contracts, lenses, slices, loaders and
 * resolvers, with nothing behind them that takes time of its own.
 */
import type { Guard } from '../../subgraphs/reader.ts';
import type { Crossing } from '../../subgraphs/crossing.ts';
import type { Capabilities, Connector, Versioned } from '../../subgraphs/connector.ts';
import { fingerprinterOf } from '../../events/fingerprint.ts';
import type { SystemName } from '../../identity/index.ts';
import { identitySubgraph } from '../../identity/index.ts';
import { recordName } from '../../identity/systems.ts';
import { keysIn, type Crosswalk, type Registration } from '../../identity/crosswalk.ts';
import { loadersIn } from '../../identity/loaders.ts';
import type { CustomerPage } from '../../identity/search.ts';
import { decodeCursor, encodeCursor, pageSize } from '../../runtime/cursor.ts';
import { buildSubgraph, type Resolvers } from '../../runtime/subgraph.ts';
import { contractOf } from '../../schema/load.ts';
import { billing } from '../../subgraphs/billing/index.ts';
import { crm } from '../../subgraphs/crm/index.ts';
import { erp } from '../../subgraphs/erp/index.ts';
import type { Population } from './population.ts';

export const subgraphNames = ['billing', 'crm', 'erp', 'identity'] as const;
export type SubgraphName = (typeof subgraphNames)[number];
export type Schema = ReturnType<typeof buildSubgraph>;

const list = 'customers';

/** The four subgraphs over a population. `guard` wraps every call to a system, as in the product. */
export function memorySubgraphs(
  population: Population,
  guard: (system: string) => Guard,
): Readonly<Record<SubgraphName, Schema>> {
  const registrations = population.customers.map((keys): Registration => ({
    id: keys.id,
    registeredAt: '2026-06-30T00:00:00.000Z',
    records: [
      { system: 'CRM', key: keys.account },
      { system: 'ERP', key: keys.partner },
      { system: 'BILLING', key: keys.payer },
    ],
  }));
  const crosswalk = memoryCrosswalk(registrations);
  const loadersOf = loadersIn(crosswalk, () => null);
  const crossing = (system: SystemName): Crossing => ({
    ...{ link: unasked, unlink: unasked, everOf: unasked },
    seesAll: () => true,
    keysOf: (context, ids) => loadersOf(context).keys(system, ids),
    idOf: (context, key) => loadersOf(context).id(system, key),
  });
  const around = (system: SystemName) => ({
    guard: guard(system.toLowerCase()),
    crossing: crossing(system),
    fingerprint: fingerprinterOf('benchmark'),
    site: 'https://systems.example',
  });
  const resolvers: Readonly<Record<SubgraphName, Resolvers>> = {
    crm: crm.open({ connector: memoryConnector(population.accounts), ...around('CRM') }).resolvers,
    erp: erp.open({ connector: memoryConnector(population.partners), ...around('ERP') }).resolvers,
    billing: billing.open({ connector: memoryConnector(population.payers), ...around('BILLING') }).resolvers,
    identity: identitySubgraph({
      loadersOf,
      rowsOf: () => null,
      search: memorySearch(registrations),
      duplicates: unasked,
      crosswalk,
      register: unasked,
      follow: unasked,
    } as never).resolvers as unknown as Resolvers,
  };
  const built = subgraphNames.map((name) => [name, buildSubgraph(contractOf(name).sdl, resolvers[name])]);
  return Object.fromEntries(built) as Record<SubgraphName, Schema>;
}

const capabilities: Capabilities = {
  conditionalWrite: 'atomic',
  idempotency: { by: 'externalId' },
  withdrawal: 'delete',
  merge: false,
  readBack: true,
  feed: { deletesVisible: true, windowDays: null },
  batchSize: 500,
  concurrency: 64,
};

const unasked = (): never => {
  throw new Error('the benchmark does not ask for this');
};

function memoryConnector<R extends object, Rows extends object>(
  records: ReadonlyMap<string, Versioned<R>>,
): Connector<R, Rows> {
  return {
    capabilities,
    read(keys) {
      const found = new Map<string, Versioned<Partial<R>>>();
      for (const key of keys) {
        const record = records.get(key);
        if (record) found.set(key, record);
      }
      return Promise.resolve(found);
    },
    list: unasked,
    find: unasked,
    create: unasked,
    withdraw: unasked,
    erase: unasked,
    update: unasked,
    changes: unasked,
    now: unasked,
  };
}

function memoryCrosswalk(registrations: readonly Registration[]): Crosswalk {
  const byId = new Map(registrations.map((one) => [one.id, one]));
  const byRecord = new Map(
    registrations.flatMap((one) => one.records.map((record) => [recordName(record), one])),
  );
  const some = <V>(
    names: readonly string[],
    all: ReadonlyMap<string, Registration>,
    make: (one: Registration) => V,
  ) => {
    const found = new Map<string, V>();
    for (const name of names) {
      const one = all.get(name);
      if (one) found.set(name, make(one));
    }
    return Promise.resolve(found);
  };
  return {
    registrations: (ids) => some(ids, byId, (one) => one),
    holders: (records) => some(records.map(recordName), byRecord, (one) => one),
    keysOf: (ids) => some(ids, byId, keysIn),
    ...{ keysAfter: unasked, everOf: unasked, familyOf: unasked },
    idsOf: async (system, keys) => {
      const found = await some(
        keys.map((key) => recordName({ system, key })),
        byRecord,
        ({ id }) => id,
      );
      return new Map([...found].map(([name, id]) => [name.slice(system.length + 1), id]));
    },
  };
}

/** Pages in the order of the population. The position of a customer is its number. */
function memorySearch(registrations: readonly Registration[]) {
  return (asked: { first?: number | null; after?: string | null }): Promise<CustomerPage> => {
    const size = pageSize(asked.first);
    const start = asked.after == null ? 0 : Number(decodeCursor(list, asked.after)) + 1;
    const edges = registrations
      .slice(start, start + size)
      .map((node, index) => ({ cursor: cursorAt(start + index), node }));
    return Promise.resolve({
      edges,
      pageInfo: {
        hasNextPage: start + size < registrations.length,
        hasPreviousPage: start > 0,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
      totalCount: () => Promise.resolve(registrations.length),
    });
  };
}

/** The cursor of the customer with this number. */
export const cursorAt = (index: number): string => encodeCursor(list, String(index));
