import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { createEngine, type Engine } from '../../../gateway/engine/index.ts';
import { defaultLimits, documentRules } from '../../../gateway/limits.ts';
import type { RequestContext } from '../../../runtime/context.ts';
import { localSubgraph, type Subgraph } from '../../../runtime/executor.ts';
import { Failure } from '../../../runtime/failure.ts';
import { resumeAt } from '../../../runtime/stream.ts';
import { buildSubgraph, type Resolvers } from '../../../runtime/subgraph.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;

export const contracts = {
  ticker: `${link}
    type Query { ticks: Int! }
    type Mutation { tick(id: ID!): Int! }
    type Subscription {
      changed(id: ID): Change!
      "Ends by itself."
      counted(to: Int!): Int
      refused: Int
      "Never begins."
      stuck: Int
      "Does not care whether anybody listens."
      deaf: Change!
    }
    type Change { position: Int! text: String product: Product! }
    type Product @key(fields: "id") { id: ID! }`,
  stock: `${link}
    type Query { nothing: String }
    type Product @key(fields: "id") { id: ID! units: Int }`,
};
export type Name = keyof typeof contracts;

interface Change {
  readonly position: number;
  readonly id: string;
  readonly text: string | null;
  readonly [resumeAt]: string;
}

/** A small graph with a subscription, and everything about its sources that can be counted. */
export interface Feed {
  readonly resolvers: Readonly<Record<Name, Resolvers>>;
  /** Something happens to a product. */
  tick(id?: string, text?: string): void;
  /** The source fails for whoever listens. */
  fail(failure: Error): void;
  /** Source iterators that have begun and not ended. */
  live(): number;
  /** Source iterators that have ever begun. */
  begun(): number;
  /** Events that were ever taken from a source. */
  taken(): number;
  /** Contexts with which products were resolved by the other subgraph, one for each execution. */
  readonly executions: RequestContext[];
  /** What the other subgraph fails with. */
  broken: Failure | undefined;
}

export function createFeed(): Feed {
  const changes: Change[] = [];
  const waiting = new Set<() => void>();
  const executions: RequestContext[] = [];
  let [live, begun, taken] = [0, 0, 0];
  let failure: Error | undefined;

  const wake = (): void => {
    for (const one of waiting) one();
    waiting.clear();
  };
  const moved = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.add(resolve);
    });
  async function* follow(id: string | undefined, signal: AbortSignal): AsyncGenerator<Change> {
    live += 1;
    begun += 1;
    let next = changes.length;
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        if (failure) throw failure;
        const change = changes[next];
        if (!change) await moved();
        else {
          next += 1;
          if (id !== undefined && change.id !== id) continue;
          taken += 1;
          yield change;
        }
      }
    } finally {
      live -= 1;
    }
  }
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* count(to: number): AsyncGenerator<{ readonly number: number }> {
    for (let number = 1; number <= to; number += 1) yield { number };
  }

  const feed: Feed = {
    executions,
    broken: undefined,
    live: () => live,
    begun: () => begun,
    taken: () => taken,
    tick(id = '1', text) {
      const position = changes.length + 1;
      changes.push({ position, id, text: text ?? null, [resumeAt]: `at-${position}` });
      wake();
    },
    fail(why) {
      failure = why;
      wake();
    },
    resolvers: {
      ticker: {
        Query: { ticks: () => changes.length },
        Mutation: {
          tick: (_: unknown, { id }: { id: string }) => {
            feed.tick(id);
            return changes.length;
          },
        },
        Subscription: {
          changed: {
            subscribe: (_: unknown, { id }: { id?: string }, { signal }: RequestContext) =>
              follow(id, signal),
            resolve: (change: Change) => ({ ...change, product: { id: change.id } }),
          },
          counted: {
            subscribe: (_: unknown, { to }: { to: number }) => count(to),
            resolve: ({ number }: { number: number }) => number,
          },
          refused: {
            subscribe: () => {
              throw new Failure('INVALID_CURSOR', 'This is no cursor of ours.');
            },
            resolve: () => 1,
          },
          stuck: { subscribe: () => new Promise(() => undefined), resolve: () => 1 },
          deaf: {
            subscribe: () => follow(undefined, new AbortController().signal),
            resolve: (change: Change) => ({ ...change, product: { id: change.id } }),
          },
        },
      },
      stock: {
        Product: {
          __resolveReferences: (references: readonly { id: string }[], context: RequestContext) => {
            executions.push(context);
            if (feed.broken) return Promise.reject(feed.broken);
            return Promise.resolve(
              references.map(({ id }) => ({ __typename: 'Product', id, units: Number(id) * 10 })),
            );
          },
        },
      },
    },
  };
  return feed;
}

export function supergraph(url: (name: Name) => string = () => ''): string {
  const services = (Object.keys(contracts) as Name[]).map((name) => ({
    name,
    url: url(name),
    typeDefs: parse(contracts[name]),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(`The test supergraph does not compose: ${String(errors)}`);
  return supergraphSdl;
}

/** The engine over the feed in this process, or over subgraphs elsewhere. */
export function feedEngine(
  feed: Feed,
  subgraph: (name: Name) => Subgraph = (name) =>
    localSubgraph(name, buildSubgraph(contracts[name], feed.resolvers[name])),
): Engine {
  return createEngine({
    supergraph: supergraph(),
    subgraphs: (name) => subgraph(name === 'ticker' ? 'ticker' : 'stock'),
    limits: { tokens: defaultLimits.tokens },
    rules: documentRules(defaultLimits, true),
  });
}
