import { expect, test } from '@jest/globals';
import { withStores } from '../support/store.ts';
import { sharedIdentifiers } from '../../identity/matching/compare.ts';
import { customer, merge, openRegister, request } from './support.ts';

const unknown = '0190a0b0-0000-7000-8000-0000000000ff';

withStores((open) => {
  const enrolled = async (count: number) => {
    const register = await openRegister(open);
    const ids = await register.identity.register.enrol(
      Array.from({ length: count }, (_, number) => customer(number)),
    );
    register.statements.length = 0;
    return { ...register, ids };
  };

  test('keys of many customers are one statement', async () => {
    const { identity, ids, statements } = await enrolled(60);
    const keys = await identity.crosswalk.keysOf(ids);
    expect(keys.size).toBe(60);
    expect(keys.get(ids[17] ?? '')).toEqual({ CRM: 'crm-17', ERP: 'erp-17', BILLING: 'cus_17' });
    expect(statements).toHaveLength(1);
  });

  test('unknown and malformed ids and keys are absent, and cost no statement where nothing is left to ask', async () => {
    const { identity, ids, statements } = await enrolled(1);
    const [id = ''] = ids;
    const odd = ['', 'C-1', `{${id}}`, `${id} `, 'a\0b', "'; drop table identity_customer; --"];
    expect(await identity.crosswalk.keysOf(odd)).toEqual(new Map());
    expect(await identity.crosswalk.idsOf('CRM', ['a\0b', 'half \ud800'])).toEqual(new Map());
    expect(statements).toHaveLength(0);
    expect(await identity.crosswalk.keysOf([unknown])).toEqual(new Map());
    expect([...(await identity.crosswalk.keysOf([id.toUpperCase(), ...odd])).keys()]).toEqual([
      id.toUpperCase(),
    ]);
    expect(await identity.crosswalk.idsOf('CRM', ['', 'ERP:erp-0', 'x'.repeat(100_000)])).toEqual(new Map());
  });

  test('an id that was merged any number of times gives its survivor', async () => {
    const { db, identity, ids } = await enrolled(4);
    const [a = '', b = '', c = '', d = ''] = ids;
    await merge(db, a, b);
    await merge(db, b, c);
    await merge(db, c, d);
    const found = await identity.crosswalk.registrations([a, b, d]);
    expect([...found.values()].map(({ id }) => id)).toEqual([d, d, d]);
    expect(await identity.crosswalk.idsOf('ERP', ['erp-0', 'erp-2'])).toEqual(
      new Map([
        ['erp-0', d],
        ['erp-2', d],
      ]),
    );
    // Its own records are the older links, so they stay the ones that attributes are read from.
    expect((await identity.crosswalk.keysOf([a])).get(a)).toEqual({
      CRM: 'crm-3',
      ERP: 'erp-3',
      BILLING: 'cus_3',
    });
    expect(found.get(a)?.records).toHaveLength(12);
  });

  test('a circle of redirects ends in nobody', async () => {
    const { db, identity, ids } = await enrolled(2);
    const [a = '', b = ''] = ids;
    await db.query(
      'update identity_customer set merged_into = case id when $1::uuid then $2::uuid else $1::uuid end',
      [a, b],
    );
    expect(await identity.crosswalk.keysOf([a, b])).toEqual(new Map());
  });

  test('everyone who works for a request shares its batches', async () => {
    const { identity, ids, statements } = await enrolled(5);
    const context = request();
    const [crm, erp] = [identity.loadersOf(context), identity.loadersOf(context)];
    const answers = await Promise.all([crm.keys('CRM', ids), erp.keys('ERP', ids), crm.keys('CRM', ids)]);
    expect(answers).toEqual(
      ['crm', 'erp', 'crm'].map((system) => [0, 1, 2, 3, 4].map((n) => `${system}-${n}`)),
    );
    expect(statements).toHaveLength(1);

    // What was read by id is known by key as well, and the other way round.
    expect(await erp.id('BILLING', 'cus_3')).toBe(ids[3]);
    expect(await crm.holder({ system: 'IDENTITY', key: ids[2] ?? '' })).toMatchObject({ id: ids[2] });
    expect(statements).toHaveLength(1);

    const another = identity.loadersOf(request());
    expect(await another.id('CRM', 'crm-1')).toBe(ids[1]);
    expect(await another.keys('ERP', ids.slice(1, 2))).toEqual(['erp-1']);
    expect(statements).toHaveLength(2);
  });

  test('who is unknown has no keys and no id', async () => {
    const { identity } = await enrolled(1);
    const loaders = identity.loadersOf(request());
    expect(await loaders.keys('CRM', [unknown, 'C-1'])).toEqual([null, null]);
    expect(await loaders.id('CRM', 'nobody')).toBeNull();
    expect(await loaders.id('IDENTITY', 'C-1')).toBeNull();
  });

  test('what two customers should not share is shown on both', async () => {
    const { identity } = await openRegister(open);
    const lei = '5493001KJTIIGC8Y1R12';
    const ids = await identity.register.enrol([
      customer(1, { name: 'Same', taxIds: ['DE 1234'], domains: ['same.example'] }),
      customer(2, {
        name: 'Same GmbH',
        taxIds: ['de-1234'],
        leis: [lei],
        domains: ['https://www.same.example'],
      }),
      customer(3, { leis: [lei], domains: ['gmail.com'] }),
      customer(4, { name: 'Unlike', domains: ['gmail.com', 'same.example'] }),
      customer(5),
    ]);
    const context = request();
    const duplicates = await Promise.all(ids.map((id) => identity.duplicates(context, id)));
    expect(
      duplicates.map((found) => found.map(({ id, reasons }) => [id, sharedIdentifiers(reasons)])),
    ).toEqual([
      [[ids[1], ['TAX_ID', 'DOMAIN']]],
      [
        [ids[0], ['TAX_ID', 'DOMAIN']],
        [ids[2], ['LEI']],
      ],
      [[ids[1], ['LEI']]],
      [],
      [],
    ]);
  });

  test('an identifier that everybody has is none, and duplicates of many are three statements', async () => {
    const { identity, statements } = await openRegister(open);
    const shared = (number: number, taxId: string) => customer(number, { taxIds: [taxId] });
    const many = Array.from({ length: 60 }, (_, number) => shared(number, 'DE 1234'));
    const ids = await identity.register.enrol([...many, shared(60, 'DE 5678'), shared(61, 'DE 5678')]);
    statements.length = 0;
    const context = request();
    const duplicates = await Promise.all(ids.map((id) => identity.duplicates(context, id)));
    expect(duplicates.slice(0, 60).flat()).toEqual([]);
    expect(duplicates.slice(60).map(([found]) => found?.id)).toEqual([ids[61], ids[60]]);
    expect(statements).toHaveLength(3);
  });
});
