import { afterEach } from '@jest/globals';
import {
  captureInto,
  eventsSubgraph,
  fingerprinterOf,
  fingerprintSecret,
  type Draft,
  type Events,
} from '../../events/index.ts';
import type { Identity } from '../../identity/index.ts';
import { requestContext, type RequestContext } from '../../runtime/context.ts';
import type { Db } from '../../runtime/db/index.ts';
import { localSubgraph } from '../../runtime/executor.ts';
import { isStream } from '../../runtime/stream.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { contractOf } from '../../schema/load.ts';
import type { Store } from '../../subgraphs/store.ts';
import { openFeed } from './telling.ts';
import { seesAll } from '../support/rows.ts';

/** A change as these tests select it. */
export interface Heard {
  readonly cursor: string;
  readonly position: string;
  readonly kind: string;
  readonly system: string | null;
  readonly version: string | null;
  readonly previousVersion: string | null;
  readonly attributes: readonly { readonly name: string; readonly owner: string }[];
  readonly cause: { readonly requestId: string } | null;
  readonly customer: { readonly id: string };
}
const selection = `{
  cursor position kind system version previousVersion attributes { name owner } cause { requestId } customer { id }
}`;

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: Heard }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

type Variables = Readonly<Record<string, unknown>>;

/** A caller with these scopes; with all of them where none are named. */
export function caller(
  scopes: readonly string[] = ['*'],
  signal = new AbortController().signal,
): RequestContext {
  return requestContext({ principal: { subject: 'me', scopes: new Set(scopes) }, timeout: 10_000, signal });
}

/** The feed's part of the graph, asked as the gateway asks it. */
async function subgraphOver(db: Db, events: Events, { members }: Identity) {
  const fingerprint = fingerprinterOf(await fingerprintSecret(db));
  const { resolvers } = eventsSubgraph(events, { entity: 'Customer', fingerprint, members, ...seesAll });
  const subgraph = localSubgraph('events', buildSubgraph(contractOf('events').sdl, resolvers));
  const stream =
    subgraph.subscribe?.(`subscription ($filter: CustomerChangeFilter, $after: String, $snapshot: Boolean! = false) {
    customerChanged(filter: $filter, after: $after, snapshot: $snapshot) ${selection} }`);
  const list = subgraph.prepare(`query ($filter: CustomerChangeFilter, $after: String, $first: Int) {
    customerChanges(filter: $filter, after: $after, first: $first) {
      edges { cursor node ${selection} } pageInfo { hasNextPage endCursor } } }`);
  return {
    fingerprint,
    /** Begins to hear; rejects with the refusal's extensions and message. */
    subscribe: async (variables: Variables, context = caller()): Promise<AsyncGenerator<Heard, void>> => {
      const begun = await stream?.({ snapshot: false, ...variables }, context);
      if (!begun || !isStream(begun)) throw refusal(begun?.errors);
      const events = begun.events[Symbol.asyncIterator]();
      return (async function* heard() {
        try {
          for (;;) {
            const next = await events.next();
            if (next.done === true) return;
            const { data, errors } = await begun.resolve(next.value, context);
            if (errors) throw refusal(errors);
            yield data?.customerChanged as Heard;
          }
        } finally {
          await events.return?.();
        }
      })();
    },
    list: async (variables: Variables, context = caller()): Promise<Page> => {
      const { data, errors } = await list(variables, context);
      if (errors) throw refusal(errors);
      return data?.customerChanges as Page;
    },
  };
}

function refusal(
  errors: readonly { readonly message: string; readonly extensions?: object | undefined }[] = [],
) {
  const [first] = errors;
  return Object.assign(new Error(first?.message), { code: undefined, ...first?.extensions });
}

const feeds: Events[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop();
});

/** The feed of a store with a sequencer, and its part of the graph; it ends with the test. */
export async function opened(store: Store) {
  const feed = await openFeed(store.db);
  feeds.push(feed);
  const graph = await subgraphOver(store.db, feed, store.identity);
  const tell = async (...drafts: readonly Draft[]): Promise<void> => {
    await store.db.transaction((tx) => captureInto(tx, drafts));
    feed.wake();
  };
  return { ...store, feed, ...graph, tell };
}

/** So many changes, as they come. */
export async function take(stream: AsyncGenerator<Heard, void>, count: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  while (heard.length < count) {
    const { value, done } = await stream.next();
    if (done === true) throw new Error('it ended by itself');
    heard.push(value);
  }
  return heard;
}
