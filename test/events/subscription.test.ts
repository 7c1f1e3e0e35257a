import { afterEach, expect, test } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { captureInto, type Draft, type Events } from '../../events/index.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';
import { withStores, type OpenStore } from '../support/store.ts';
import { caller, subgraphOver, type Heard } from './subgraph.ts';
import { draftOf, openFeed } from './telling.ts';

const feeds: Events[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop();
});

async function opened(open: OpenStore) {
  const store = await prepared(await open());
  const feed = await openFeed(store.db);
  feeds.push(feed);
  const graph = await subgraphOver(store.db, feed, store.identity);
  const tell = async (...drafts: readonly Draft[]): Promise<void> => {
    await store.db.transaction((tx) => captureInto(tx, drafts));
    feed.wake();
  };
  return { ...store, feed, ...graph, tell };
}

async function take(stream: AsyncGenerator<Heard, void>, count: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  while (heard.length < count) {
    const { value, done } = await stream.next();
    if (done === true) throw new Error('it ended by itself');
    heard.push(value);
  }
  return heard;
}

function enrolled({ identity }: Store, count: number): Promise<readonly string[]> {
  return identity.register.enrol(
    Array.from({ length: count }, () => ({ records: [{ system: 'CRM', key: uuid() }], facts: {} })),
  );
}

withStores((open) => {
  test('a change is told with everything that is known of it, and its customer by its id', async () => {
    const { subscribe, tell } = await opened(open);
    const stream = await subscribe({});
    const id = uuid();
    const cause = { requestId: 'a write', correlationId: 'a request' };
    await tell(
      draftOf(id, 1),
      draftOf(id, 2),
      draftOf(id, 3, { source: 'WRITE', foundVersion: '2', written: ['name'], cause }),
      draftOf(id, 4, { fingerprints: null, version: null }),
    );
    const own = { system: 'CRM', customer: { id } };
    const [name, segment] = ['name', 'segment'].map((one) => ({ name: one, owner: 'CRM' }));
    expect(await take(stream, 4)).toMatchObject([
      {
        ...own,
        position: '1',
        kind: 'CREATED',
        version: '1',
        previousVersion: null,
        attributes: [name, segment],
      },
      {
        ...own,
        position: '2',
        kind: 'UPDATED',
        version: '2',
        previousVersion: '1',
        attributes: [name],
        cause: null,
      },
      { ...own, position: '3', version: '3', attributes: [name], cause: { requestId: 'a write' } },
      {
        ...own,
        position: '4',
        kind: 'DELETED',
        version: null,
        previousVersion: '3',
        attributes: [name, segment],
      },
    ]);
    await stream.return();
  });

  test('each condition of a filter chooses, in the stream and in the list alike', async () => {
    const { subscribe, list, tell, fingerprint } = await opened(open);
    const [one, other] = [uuid(), uuid()];
    const segment = (word: string) => fingerprint('segment', word);
    const ofErp = { system: 'ERP', key: 'erp', fingerprints: { taxClassification: 'a' } } as const;
    await tell(
      draftOf(one, 1, { fingerprints: { name: 'a', segment: segment('ENTERPRISE') } }),
      draftOf(other, 1, { fingerprints: { name: 'a', segment: segment('RESELLER') } }),
      draftOf(one, 2, { fingerprints: { name: 'b', segment: segment('ENTERPRISE') } }),
      draftOf(one, 1, ofErp),
      draftOf(one, 3, { fingerprints: { name: 'b', segment: segment('RESELLER') } }),
    );
    const chosen = async (filter: object): Promise<string[]> => {
      const page = await list({ filter, first: 100 });
      const listed = page.edges.map(({ node }) => node.position);
      const [first] = (await list({ first: 1 })).edges;
      if (!first) throw new Error('there are changes');
      // The first one is behind the cursor; a filter decides on the rest as the list does.
      const stream = await subscribe({ filter, after: first.cursor });
      const rest = listed.filter((position) => position !== '1');
      expect((await take(stream, rest.length)).map(({ position }) => position)).toEqual(rest);
      await stream.return();
      return listed;
    };
    const all = await list({ first: 100 });
    while ((await list({ first: 100 })).edges.length < 5);
    expect(all.pageInfo.hasNextPage).toBe(false);
    expect(await chosen({})).toEqual(['1', '2', '3', '4', '5']);
    expect(await chosen({ customerIds: [other.toUpperCase()] })).toEqual(['2']);
    expect(await chosen({ systems: ['ERP', 'BILLING'] })).toEqual(['4']);
    expect(await chosen({ attributes: ['segment'] })).toEqual(['1', '2', '5']);
    expect(await chosen({ kinds: ['UPDATED'] })).toEqual(['3', '5']);
    expect(await chosen({ segments: ['ENTERPRISE'] })).toEqual(['1', '3', '4']);
    expect(await chosen({ segments: ['RESELLER', 'PUBLIC_SECTOR'], attributes: ['name'] })).toEqual(['2']);
    expect(await chosen({ customerIds: [one], systems: ['CRM'], kinds: ['CREATED'] })).toEqual(['1']);
  });

  test('nobody hears of what he may not read, nor chooses by it', async () => {
    const { subscribe, list, tell } = await opened(open);
    const sales = caller(['customer:read']);
    const id = uuid();
    const erp = { system: 'ERP', key: 'erp' } as const;
    await tell(
      draftOf(id, 1, { ...erp, fingerprints: { creditLimit: 'a' } }),
      draftOf(id, 2, { ...erp, fingerprints: { creditLimit: 'b' } }),
      draftOf(id, 1),
    );
    while ((await list({})).edges.length < 3);
    const heard = (await list({}, sales)).edges.map(({ node: { position, kind, attributes } }) => ({
      position,
      kind,
      attributes: attributes.map(({ name }) => name),
    }));
    // That a record came is told; what it has is not.
    expect(heard).toEqual([
      { position: '1', kind: 'CREATED', attributes: [] },
      { position: '3', kind: 'CREATED', attributes: ['name', 'segment'] },
    ]);
    const hidden = { code: 'FORBIDDEN' };
    await expect(subscribe({ filter: { attributes: ['creditLimit'] } }, sales)).rejects.toMatchObject(hidden);
    const finance = caller(['customer:read:finance']);
    await expect(list({ filter: { segments: ['RESELLER'] } }, finance)).rejects.toMatchObject(hidden);
  });

  test.each([
    [
      'an unknown attribute',
      { filter: { attributes: ['nme'] } },
      /"filter.attributes" has "nme"; there are .*\bname\b/,
    ],
    [
      'an unknown segment',
      { filter: { segments: ['BIG'] } },
      /"filter.segments" has "BIG"; there are ENTERPRISE, MID_MARKET/,
    ],
    ['no id', { filter: { customerIds: ['1'] } }, /"filter.customerIds" has "1", which is no id/],
    ['an empty list', { filter: { customerIds: [] } }, /"filter.customerIds" is empty/],
    [
      'too many ids',
      { filter: { customerIds: Array.from({ length: 1001 }, () => uuid()) } },
      /has 1001 ids; give at most 1000/,
    ],
    ['a snapshot as a kind', { filter: { kinds: ['SNAPSHOT'] } }, /there are CREATED, UPDATED, DELETED/],
    ['a cursor and a snapshot', { after: 'x', snapshot: true }, /Give "after" or "snapshot"/],
  ])('refused before anything is told: %s', async (_, variables, message) => {
    const { subscribe } = await once(open);
    const refused = { code: 'BAD_USER_INPUT', message: expect.stringMatching(message) as unknown };
    await expect(subscribe(variables)).rejects.toMatchObject(refused);
  });

  test.each(['', 'x', 'AAAA', 'customer~', '~AAAAAAAAAAAAAAAAAAAAAA', 'AQ~AAAAAAAAAAAAAAAAAAAAAA~'])(
    'a cursor that is none is refused: %j',
    async (after) => {
      const { subscribe, list } = await once(open);
      await expect(subscribe({ after })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
      await expect(list({ after })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
    },
  );

  test('the list goes on from any of its cursors, and from the end of an empty page', async () => {
    const { list, tell } = await opened(open);
    const id = uuid();
    const empty = await list({});
    expect(empty).toMatchObject({ edges: [], pageInfo: { hasNextPage: false } });
    await tell(...Array.from({ length: 7 }, (_, index) => draftOf(id, index + 1)));
    while ((await list({ first: 100 })).edges.length < 7);
    const positions: string[] = [];
    for (let after = empty.pageInfo.endCursor, more = true; more;) {
      const page = await list({ after, first: 3 });
      positions.push(...page.edges.map(({ node }) => node.position));
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    expect(positions).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    const [, second] = (await list({ first: 2 })).edges;
    expect((await list({ after: second?.cursor, first: 1 })).edges[0]?.node.position).toBe('3');
  });

  test('a snapshot that breaks off anywhere is heard to its end, and then all changes, while writers write', async () => {
    const store = await opened(open);
    const { subscribe, tell } = store;
    const ids = await enrolled(store, 230);
    const [gone] = ids;
    let version = 0;
    const done = new AbortController();
    const writer = (async () => {
      while (!done.signal.aborted)
        await tell(...ids.slice(0, 20).map((id) => draftOf(id, ++version, { key: id })));
    })();

    const customers: string[] = [];
    const positions: number[] = [];
    let cursor: string | undefined;
    let [begun, taken] = [-1, 0];
    for (let size = 1; positions.length < 400; size = (size * 7) % 101) {
      const stream = await subscribe(cursor === undefined ? { snapshot: true } : { after: cursor });
      for (const one of await take(stream, size)) {
        cursor = one.cursor;
        if (one.kind === 'SNAPSHOT') {
          customers.push(one.customer.id);
          begun = Number(one.position);
        } else positions.push(Number(one.position));
      }
      await stream.return();
      taken++;
    }
    done.abort();
    await writer;
    expect(taken).toBeGreaterThan(3);
    expect(customers).toEqual([...ids].sort());
    expect(customers).toContain(gone);
    expect(positions).toEqual(positions.map((_, index) => begun + 1 + index));
  });

  test('a snapshot has those that its filter chooses', async () => {
    const store = await opened(open);
    const { subscribe, tell, list, fingerprint } = store;
    const ids = [...(await enrolled(store, 250))].sort();
    const [first = '', second = '', third = ''] = ids;
    const segment = fingerprint('segment', 'RESELLER');
    await tell(...[second, third].map((id) => draftOf(id, 1, { fingerprints: { segment } })));
    while ((await list({})).edges.length < 2);
    const snapshotOf = async (filter: object, count: number): Promise<string[]> => {
      const stream = await subscribe({ filter, snapshot: true });
      const heard = await take(stream, count);
      await stream.return();
      return heard.map(({ customer }) => customer.id);
    };
    expect(await snapshotOf({}, 250)).toEqual(ids);
    expect(await snapshotOf({ segments: ['RESELLER'] }, 2)).toEqual([second, third]);
    expect(await snapshotOf({ customerIds: [third, first], kinds: ['DELETED'] }, 2)).toEqual([first, third]);
    const erp = await subscribe({ filter: { systems: ['ERP'] }, snapshot: true });
    const next = erp.next();
    await tell(draftOf(first, 1, { system: 'ERP', key: 'e', fingerprints: { taxClassification: 'a' } }));
    expect((await next).value).toMatchObject({ kind: 'CREATED', customer: { id: first } });
    await erp.return();
  });
});

const shared = new Map<OpenStore, ReturnType<typeof opened>>();
/** One graph for all tests that change nothing. */
function once(open: OpenStore): ReturnType<typeof opened> {
  const graph = shared.get(open) ?? opened(open);
  shared.set(open, graph);
  return graph;
}
