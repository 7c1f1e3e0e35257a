export const stores = ['postgres', 'pglite'] as const;
export type Store = (typeof stores)[number];

/** One of those that are compared. Nothing of it is loaded before it is started. */
export interface Contender {
  readonly key: string;
  readonly title: string;
  /** Its kind of store, where it has one: its changes are durable before they are told. */
  readonly store?: Store;
  /** Only what a subscriber costs who hears nothing is measured of it. */
  readonly idle?: true;
  /** `at` is the place of its store: a folder, or a server's URL. */
  readonly start: (at: string) => Promise<Running>;
}

/** A contender that listens on a loopback port, with subscriptions over WebSocket at `/graphql`. */
export interface Running {
  readonly port: number;
  /** Lets changes happen, in their order. Resolves when they are committed; where nothing is, when they are handed over. */
  publish(changes: readonly Published[]): Promise<void>;
  /** Subscribers whose subscription has begun. */
  subscribers(): number;
  /** How often the customer of a change was put together. */
  executions(): number;
  stop(): Promise<void>;
}

/** A change as everybody tells it. */
export interface Published {
  /** Counts from 1. */
  readonly number: number;
  readonly customerId: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

const own = 'Customer Graph';

/** `naive` is what the others are compared with. */
export const contenders: readonly Contender[] = [
  {
    key: 'own-postgres',
    title: `${own}, PostgreSQL`,
    store: 'postgres',
    start: async (at) => (await import('./contenders/own.ts')).own({ databaseUrl: at }),
  },
  {
    key: 'own-pglite',
    title: `${own}, PGlite`,
    store: 'pglite',
    start: async (at) => (await import('./contenders/own.ts')).own({ directory: at }),
  },
  {
    key: 'naive',
    title: 'graphql-ws, one execute per subscriber',
    start: async () => (await import('./contenders/library.ts')).naive(),
  },
  {
    key: 'mercurius',
    title: 'mercurius',
    start: async () => (await import('./contenders/mercurius.ts')).mercuriusServer(),
  },
  {
    key: 'hive',
    title: 'Hive Gateway, subgraphs in process',
    start: async () => (await import('./contenders/hive.ts')).hive(),
  },
  {
    key: 'alone',
    title: 'graphql-ws alone, the document parsed once for all',
    idle: true,
    start: async () => (await import('./contenders/library.ts')).alone(),
  },
];
