import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changes, type Told } from '../../clients/changes.ts';
import { logIn } from '../../events/index.ts';
import { onRedis, type OwnRedis } from '../support/redis.ts';
import { openGraph, until, type Graph } from '../workflows/house.ts';
import { keysWith, wordsIn } from './search.ts';
import { answer, canaries, close, customerWith, ended, mergedInto, waiting } from './subject.ts';

onRedis((open) => {
  let redis: OwnRedis;
  let graph: Graph;
  const words = canaries();
  let ids: readonly string[] = [];
  beforeAll(async () => {
    redis = await open();
    graph = await openGraph({ REDIS_URL: redis.url });
    const id = await customerWith(graph, words);
    ids = [id, await mergedInto(graph, id, words)];
  }, 120_000);
  afterAll(() => graph.close());

  /** What a subscriber hears that selects values, from the oldest change that is kept to the last. */
  async function heard(): Promise<readonly string[]> {
    const { edges } = (
      await graph.ask('{ customerChanges(first: 1) { edges { cursor node { position } } } }')
    ).customerChanges as { edges: readonly { cursor: string; node: { position: string } }[] };
    const { position } = await logIn(graph.store.db).head();
    const query = `subscription ($after: String) { customerChanged(after: $after) { cursor position kind
      customer { id name website accountOwner { name email } legalEntity { registeredName }
        billingAddress { lines city } shippingAddresses(first: 10) { edges { node { lines city } } } invoiceDelivery { email }
        bankAccount { holder } provisioningId } } }`;
    const told: string[] = [];
    const ending = new AbortController();
    const after = edges[0]?.cursor ?? '';
    for await (const change of changes<Told>({
      ...{ url: `${graph.house.url}/graphql`, query, after, signal: ending.signal },
    })) {
      told.push(JSON.stringify(change));
      if (change.position === position) break;
    }
    ending.abort();
    expect(told).toHaveLength(Number(position) - Number(edges[0]?.node.position));
    return told;
  }

  /** Redis has the last change as well. */
  const relayed = () =>
    until(async () => {
      const { position } = await logIn(graph.store.db).head();
      const [stream = ''] = (await redis.command('keys', '*')) as string[];
      const [last] = (await redis.command('xrevrange', stream, '+', '-', 'count', 1)) as [[string]];
      return last[0] === `${position}-0`;
    });

  test('a word would be found in Redis, whatever it is kept in and in a key itself', async () => {
    const planted = canaries();
    const plant: readonly (readonly [name: string, ...(string | number)[]])[] = [
      ['set', 'string', planted.word('string')],
      ['rpush', 'list', planted.word('list')],
      ['sadd', 'set', planted.word('set')],
      ['zadd', 'zset', 1, planted.word('zset')],
      ['hset', 'hash', 'field', planted.word('hash')],
      ['xadd', 'stream', '*', 'field', planted.word('stream')],
      ['set', planted.word('key'), 'nothing'],
      ['set', 'bytes', Buffer.from(planted.word('bytes')).toString('hex')],
    ];
    const before = (await redis.command('keys', '*')) as string[];
    for (const one of plant) await redis.command(...one);
    const found = (await keysWith(redis, planted)).map((place) => place.split(': ')[1]);
    expect(found.sort()).toEqual([...planted.all.keys()].sort());
    const all = (await redis.command('keys', '*')) as string[];
    for (const key of all) if (!before.includes(key)) await redis.command('del', key);
    expect(await keysWith(redis, planted)).toEqual([]);
  });

  test('forty values, and more, are in no stream: never in Redis, and in none that a subscriber is given once the customer is erased', async () => {
    const [id = ''] = ids;
    expect(words.all.size).toBeGreaterThanOrEqual(40);
    await relayed();
    // What Redis has is of the customer, and has none of its values.
    const stream = (await redis.command('keys', '*')) as string[];
    expect(stream).toEqual([expect.stringMatching(/^customer-graph:.*:events$/)]);
    const entries = JSON.stringify(await redis.command('xrange', stream[0] ?? '', '-', '+'));
    for (const one of ids) expect(entries).toContain(one);
    expect(await keysWith(redis, words)).toEqual([]);
    // A subscriber is given what it selects: that the search sees it is seen here.
    expect(wordsIn((await heard()).join(''), words.all)).toContain('second write: name');

    await close(graph, id);
    const { id: workflow } = await waiting(graph, id);
    await answer(graph, workflow, true);
    expect(await ended(graph, workflow)).toMatchObject({ state: 'SUCCEEDED' });
    await until(async () =>
      (await logIn(graph.store.db).after('0', 1000)).some(
        ({ kind, entityId }) => kind === 'ERASED' && entityId === ids[1],
      ),
    );
    await relayed();
    expect(await keysWith(redis, words)).toEqual([]);
    const told = (await heard()).join('');
    expect(told).toContain('ERASED');
    expect(wordsIn(told, words.all)).toEqual([]);
  }, 120_000);
});
