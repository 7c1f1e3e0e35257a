import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { prepared, type Store } from '../../subgraphs/store.ts';
import { withStores } from '../support/store.ts';
import { opened, take } from './subgraph.ts';
import { draftOf, emptied } from './telling.ts';

function enrolled({ identity }: Store, count: number): Promise<readonly string[]> {
  return identity.register.enrol(
    Array.from({ length: count }, () => ({ records: [{ system: 'CRM', key: uuid() }], facts: {} })),
  );
}

withStores((open) => {
  let store: Store;
  beforeAll(async () => {
    store = await prepared(await open());
  });
  beforeEach(async () => {
    await emptied(store.db);
    await store.db.query('delete from identity_crosswalk');
    await store.db.query('delete from identity_customer');
  });

  test('a snapshot that breaks off anywhere is heard to its end, and then all changes, while writers write', async () => {
    const { subscribe, tell } = await opened(store);
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
    const { subscribe, tell, list, fingerprint } = await opened(store);
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
