import type { RequestListener } from 'node:http';
import type { UrlOf } from '../supergraph.ts';

/** One of those that are compared. */
export interface Contender {
  readonly key: string;
  readonly title: string;
  /** Whether it asks the subgraphs over HTTP. */
  readonly remote: boolean;
  readonly by: 'graphql' | 'rest';
  /** Nothing of it is loaded before it is started. */
  readonly start: (urlOf: UrlOf) => Promise<RequestListener>;
}

const remote = { remote: true, by: 'graphql' } as const;
const local = { remote: false, by: 'graphql' } as const;

/** The first of these is what the others are compared with. */
export const contenders: readonly Contender[] = [
  {
    key: 'apollo',
    title: '@apollo/gateway behind Apollo Server, subgraphs over HTTP',
    ...remote,
    start: async (urlOf) => (await import('./apollo.ts')).apollo(urlOf),
  },
  {
    key: 'hive',
    title: 'Hive Gateway, JavaScript planner, subgraphs over HTTP',
    ...remote,
    start: async (urlOf) => (await import('./hive.ts')).hiveOverHttp('javascript')(urlOf),
  },
  {
    key: 'hive-rust',
    title: 'Hive Gateway, Rust planner, subgraphs over HTTP',
    ...remote,
    start: async (urlOf) => (await import('./hive.ts')).hiveOverHttp('rust')(urlOf),
  },
  {
    key: 'mercurius',
    title: 'mercurius gateway, subgraphs over HTTP',
    ...remote,
    start: async (urlOf) => (await import('./mercurius.ts')).mercuriusGateway(urlOf),
  },
  {
    key: 'own-http',
    title: 'Customer Graph, subgraphs over HTTP',
    ...remote,
    start: async (urlOf) => (await import('./own.ts')).overHttp(urlOf),
  },
  {
    key: 'hive-local',
    title: 'Hive Gateway, Rust planner, subgraphs in process',
    ...local,
    start: async (urlOf) => (await import('./hive.ts')).hiveInProcess('rust')(urlOf),
  },
  {
    key: 'own',
    title: 'Customer Graph, one process',
    ...local,
    start: async (urlOf) => (await import('./own.ts')).inProcess(urlOf),
  },
  {
    key: 'rest',
    title: 'a REST endpoint written by hand for these two questions',
    remote: false,
    by: 'rest',
    start: async () => (await import('./rest.ts')).rest(),
  },
];
