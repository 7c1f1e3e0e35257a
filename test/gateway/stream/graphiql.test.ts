import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { serveFeed, type Result } from './served.ts';
import { until } from './until.ts';

interface Observable {
  subscribe(observer: {
    next: (result: Result) => void;
    complete: () => void;
    error: (error: unknown) => void;
  }): { unsubscribe(): void };
}
type Fetcher = (request: { readonly query: string }) => Promise<Result | Observable>;

/** The page's own way to ask, which is bundled into it. */
async function fetcherOfPage(url: string): Promise<Fetcher> {
  const file = join(import.meta.dirname, '../../../gateway/graphiql/src/fetcher.js');
  const { fetcherFor } = (await import(file)) as {
    fetcherFor: (endpoint: string, explained: boolean) => Fetcher;
  };
  return fetcherFor(url, false);
}

test('the query page shows each event of a subscription, until it is stopped', async () => {
  const graph = await serveFeed();
  const ask = await fetcherOfPage(graph.url);
  expect(await ask({ query: '{ ticks }' })).toEqual({ data: { ticks: 0 } });

  const seen: unknown[] = [];
  const observer = {
    next: (result: Result) => seen.push(result),
    complete: () => seen.push('complete'),
    error: (error: unknown) => seen.push(error),
  };
  const changed = (await ask({ query: 'subscription { changed { position } }' })) as Observable;
  const subscription = changed.subscribe(observer);
  await until(() => graph.feed.live() === 1);
  graph.feed.tick();
  graph.feed.tick();
  await until(() => seen.length === 2);
  expect(seen).toEqual([1, 2].map((position) => ({ data: { changed: { position } } })));
  subscription.unsubscribe();
  await until(() => graph.feed.live() === 0);
  expect(seen.length).toBe(2);

  const counted = (await ask({ query: 'subscription { counted(to: 1) }' })) as Observable;
  counted.subscribe(observer);
  await until(() => seen.length === 4);
  expect(seen.slice(2)).toEqual([{ data: { counted: 1 } }, 'complete']);
  await graph[Symbol.asyncDispose]();
});
