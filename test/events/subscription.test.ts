import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { prepared, type Store } from '../../subgraphs/store.ts';
import { withStores } from '../support/store.ts';
import { caller, opened, take } from './subgraph.ts';
import { draftOf, emptied } from './telling.ts';

withStores((open) => {
  let store: Store;
  beforeAll(async () => {
    store = await prepared(await open());
  });
  beforeEach(() => emptied(store.db));

  test('a change is told with everything that is known of it, and its customer by its id', async () => {
    const { subscribe, tell } = await opened(store);
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
    const { subscribe, list, tell, fingerprint } = await opened(store);
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

  test('the log chooses for the list what the process chooses for the stream, whatever is asked for', async () => {
    const { subscribe, list, tell, fingerprint } = await opened(store);
    const ids = Array.from({ length: 4 }, () => uuid());
    const attributes = { CRM: ['name', 'segment'], ERP: ['taxClassification', 'creditLimit'] };
    const [words, kinds] = [
      ['ENTERPRISE', 'RESELLER'],
      ['CREATED', 'UPDATED', 'DELETED'],
    ];
    const change = fc.record({
      id: fc.constantFrom(...ids),
      system: fc.constantFrom('CRM', 'ERP'),
      n: fc.nat(5),
    });
    const some = (of: readonly string[]) =>
      fc.option(fc.subarray([...of], { minLength: 1 }), { nil: undefined });
    const filter = fc.record({
      customerIds: some(ids),
      systems: some(['CRM', 'ERP', 'BILLING']),
      attributes: some([...attributes.CRM, ...attributes.ERP]),
      kinds: some(kinds),
      segments: some(words),
    });
    const told = fc.sample(change, { numRuns: 200, seed: 4 });
    await tell(
      ...told.map(({ id, system, n }, version) => {
        const value = (name: string) =>
          name === 'segment' ? fingerprint(name, words[n % 2]) : `${name} ${n % 3}`;
        const fingerprints = Object.fromEntries(attributes[system].map((name) => [name, value(name)]));
        return draftOf(id, version, {
          system,
          key: `${system} ${id}`,
          fingerprints: n === 5 ? null : fingerprints,
        });
      }),
      draftOf(uuid(), 1, { system: 'BILLING', key: 'the last', fingerprints: { billingCurrency: 'a' } }),
    );
    const [start, end] = await (async () => {
      for (;;) {
        const { edges } = await list({ filter: { systems: ['BILLING'] } });
        if (edges[0]) return [(await list({ first: 1 })).edges[0], edges[0]];
      }
    })();
    let chosen = 0;
    for (const asked of fc.sample(filter, { numRuns: 40, seed: 5 })) {
      const after = start?.cursor;
      const listed = await allOf((from) => list({ filter: asked, after: from, first: 100 }), after);
      const gone = new AbortController();
      const stream = await subscribe({ filter: asked, after }, caller(['*'], gone.signal));
      const heard = await take(stream, listed.length);
      expect(heard.map(({ position }) => position)).toEqual(listed);
      // Nothing but what the list has: what would come next is told behind everything, or never.
      const next = stream.next();
      await Promise.race([next, new Promise((resolve) => setImmediate(resolve))]);
      gone.abort();
      expect(await next).toEqual({ value: undefined, done: true });
      chosen += listed.length;
    }
    expect(Number(end.node.position)).toBeGreaterThan(50);
    expect(chosen).toBeGreaterThan(100);
  });

  test('nobody hears of what he may not read, nor chooses by it', async () => {
    const { subscribe, list, tell } = await opened(store);
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
    const { subscribe } = await opened(store);
    const refused = { code: 'BAD_USER_INPUT', message: expect.stringMatching(message) as unknown };
    await expect(subscribe(variables)).rejects.toMatchObject(refused);
  });

  test.each(['', 'x', 'AAAA', 'customer~', '~AAAAAAAAAAAAAAAAAAAAAA', 'AQ~AAAAAAAAAAAAAAAAAAAAAA~'])(
    'a cursor that is none is refused: %j',
    async (after) => {
      const { subscribe, list } = await opened(store);
      await expect(subscribe({ after })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
      await expect(list({ after })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
    },
  );

  test('the list goes on from any of its cursors, and from the end of an empty page', async () => {
    const { list, tell } = await opened(store);
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
});

/** The positions on all pages of a list. */
async function allOf(
  list: (after: string | undefined) => ReturnType<Awaited<ReturnType<typeof opened>>['list']>,
  after: string | undefined,
): Promise<string[]> {
  const { edges, pageInfo } = await list(after);
  const positions = edges.map(({ node }) => node.position);
  return pageInfo.hasNextPage ? [...positions, ...(await allOf(list, pageInfo.endCursor))] : positions;
}
