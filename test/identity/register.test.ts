import { expect, test } from '@jest/globals';
import { validate, version } from 'uuid';
import type { Enrolment, SystemName } from '../../identity/index.ts';
import { withStores } from '../support/store.ts';
import { contentOf, customer, merge, openRegister } from './support.ts';

const given = '0190a0b0-0000-7000-8000-00000000000a';

withStores((open) => {
  test('enrolling gives each customer an id, in the order of the entries', async () => {
    const { identity } = await openRegister(open);
    const ids = await identity.register.enrol([
      customer(1),
      { ...customer(2), id: given.toUpperCase() },
      customer(3),
    ]);
    expect(ids[1]).toBe(given);
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect(await identity.crosswalk.idsOf('ERP', ['erp-3', 'erp-1', 'erp-9'])).toEqual(
      new Map([
        ['erp-3', ids[2]],
        ['erp-1', ids[0]],
      ]),
    );
  });

  test('enrolling again changes nothing', async () => {
    const { db, identity } = await openRegister(open);
    const entries = Array.from({ length: 20 }, (_, number) => customer(number));
    const ids = await identity.register.enrol(entries);
    const content = await contentOf(db);
    expect(await identity.register.enrol(entries)).toEqual(ids);
    const renamed = entries.map((entry) => ({ ...entry, facts: { name: 'Other' } }));
    expect(await identity.register.enrol(renamed)).toEqual(ids);
    expect(await contentOf(db)).toEqual(content);
  });

  test('many at once cost a fixed number of statements', async () => {
    const { identity, statements } = await openRegister(open);
    const entries = Array.from({ length: 4001 }, (_, number) => customer(number));
    const ids = await identity.register.enrol(entries);
    expect(new Set(ids).size).toBe(4001);
    // Three batches: each takes its turn, looks up what is known, and writes.
    expect(statements).toHaveLength(9);
  });

  test('two that enrol the same records at once make the same customers', async () => {
    const { db, identity } = await openRegister(open);
    const entries = Array.from({ length: 50 }, (_, number) => customer(number));
    const [one, other] = await Promise.all([
      identity.register.enrol(entries),
      identity.register.enrol([...entries].reverse()),
    ]);
    expect([...other].reverse()).toEqual(one);
    expect((await contentOf(db)).customers).toHaveLength(50);
  });

  test('new records of a merged customer go to its survivor', async () => {
    const { db, identity } = await openRegister(open);
    const [old = '', survivor = ''] = await identity.register.enrol([customer(1), customer(2)]);
    await merge(db, old, survivor);
    const records = [{ system: 'ERP', key: 'another' }] as const;
    expect(await identity.register.enrol([{ id: old, records, facts: {} }])).toEqual([survivor]);
  });

  test('an entry that cannot be held is refused, and nothing is written', async () => {
    const { db, identity } = await openRegister(open);
    const keyed = (system: SystemName, key: string) => ({ records: [{ system, key }], facts: {} });
    const refused: Enrolment[] = [
      { ...customer(1), id: 'C-1' },
      { records: [], facts: {} },
      keyed('CRM', ''),
      keyed('CRM', 'a\0b'),
      keyed('CRM', 'half \ud800'),
      keyed('CRM', 'x'.repeat(256)),
      keyed('IDENTITY', given),
    ];
    for (const entry of refused) {
      await expect(identity.register.enrol([customer(7), entry])).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    }
    expect((await contentOf(db)).customers).toEqual([]);
  });

  test('a change in one system replaces only what that system stated', async () => {
    const { identity } = await openRegister(open);
    const { register } = identity;
    await register.enrol([
      customer(1, { name: 'Enrolled', country: 'DE', taxIds: ['DE 1111'], domains: ['enrolled.example'] }),
    ]);
    const finds = async (filter: object) => (await identity.search({ filter })).edges.length;

    await register.refresh('CRM', [
      { key: 'crm-1', facts: { name: 'Sales Name', domains: ['sales.example'] } },
    ]);
    expect(
      await finds({ name: 'sales name', country: 'DE', taxId: 'DE1111', emailDomain: 'sales.example' }),
    ).toBe(1);
    expect(await finds({ emailDomain: 'enrolled.example' })).toBe(0);

    await register.refresh('ERP', [
      { key: 'erp-1', facts: { name: 'Legal Name', country: 'FR', taxIds: ['FR 2222'] } },
    ]);
    expect(await finds({ name: 'sales', country: 'FR', taxId: 'fr2222', emailDomain: 'sales.example' })).toBe(
      1,
    );
    expect(await finds({ taxId: 'DE1111' })).toBe(0);

    await register.refresh('ERP', [{ key: 'erp-1', facts: {} }]);
    expect(await finds({ taxId: 'FR2222' })).toBe(0);
    expect(await finds({ country: 'FR' })).toBe(0);
    expect(await finds({ name: 'sales', emailDomain: 'sales.example' })).toBe(1);
  });

  test('refreshing with the same facts, with repeats or with unknown records writes nothing more', async () => {
    const { db, identity } = await openRegister(open);
    await identity.register.enrol([customer(1)]);
    const last = { key: 'crm-1', facts: { name: 'Last' } };
    await identity.register.refresh('CRM', [{ key: 'crm-1', facts: { name: 'First' } }, last]);
    const versions = () => db.query('select xmin::text, name from identity_customer');
    const before = await versions();
    expect(before).toMatchObject([{ name: 'last' }]);
    await identity.register.refresh('CRM', [last, { key: 'unknown', facts: { name: 'Nobody' } }]);
    expect(await versions()).toEqual(before);
  });

  test('tidying a register leaves its content alone', async () => {
    const { db, identity } = await openRegister(open);
    await identity.register.enrol([customer(1), customer(2)]);
    const content = await contentOf(db);
    await identity.register.tidy();
    expect(await contentOf(db)).toEqual(content);
  });
});
