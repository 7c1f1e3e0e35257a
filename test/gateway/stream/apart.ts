import { reach, serveApart } from '../../../runtime/apart.ts';
import { createGuard } from '../../../runtime/guard.ts';
import { createHttp } from '../../../runtime/http.ts';
import { listen } from '../../../runtime/listen.ts';
import { createPass } from '../../../runtime/pass.ts';
import { buildSubgraph } from '../../../runtime/subgraph.ts';
import { contracts, createFeed, feedEngine, type Feed, type Name } from './feed.ts';
import { serveFeed, type ServedFeed } from './served.ts';

export interface ServedApart extends ServedFeed {
  /** Where the subgraphs are, e.g. `http://127.0.0.1:4001`. */
  readonly subgraphs: string;
  /** Headers that let a router in. */
  readonly passes: (name: Name) => Promise<Readonly<Record<string, string>>>;
  /** Stops the process with the subgraphs. */
  stop(): Promise<void>;
}

const names = Object.keys(contracts) as Name[];

/** The same graph with its subgraphs behind a listener of their own, as another process would serve them. */
export async function serveFeedApart(options: Parameters<typeof serveFeed>[0] = {}): Promise<ServedApart> {
  const feed: Feed = createFeed();
  const pass = createPass(['a secret of at least thirty-two characters']);
  const schemas = new Map(names.map((name) => [name, buildSubgraph(contracts[name], feed.resolvers[name])]));
  const apart = await serveApart({ schemas, pass, timeout: 2000 });
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    setting: 'PORT',
    ...apart,
    failed: () => undefined,
    drainTimeout: 5000,
  });
  const http = createHttp();
  const guards = new Map(
    names.map((system) => [
      system as string,
      createGuard({
        system,
        concurrency: 64,
        queue: 1000,
        breaker: { failures: 5, openFor: 5000 },
        attempts: 1,
      }),
    ]),
  );
  const elsewhere = new Map(names.map((name) => [name as string, `${listening.url}/${name}`]));
  const subgraph = reach({ here: new Map(), elsewhere, guards, ...http, pass });
  const served = await serveFeed({ engine: feedEngine(feed, subgraph), ...options }, feed);
  return {
    ...served,
    subgraphs: listening.url,
    passes: (name) => pass.headers(name, { subject: 'router', scopes: new Set(['*']) }),
    stop: () => listening.close(),
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await listening.close();
      await http.close();
    },
  };
}
