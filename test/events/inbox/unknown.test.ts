import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { unknownDecided } from '../../../events/index.ts';
import { hint } from '../../../events/inbox/hints.ts';
import { seal } from '../../support/seal.ts';
import { createIdentity } from '../../../identity/index.ts';
import type { Db } from '../../../runtime/db/index.ts';
import type { Decision, Outcome } from '../../../steward/index.ts';
import type { StoredItem } from '../../../steward/item.ts';
import { page } from '../../../steward/items.ts';
import { withStores } from '../../support/store.ts';
import { emptied, inboxOf, openInbox, readerOf, sourceOf } from './stage.ts';

withStores((open) => {
  let db: Db;
  beforeAll(async () => {
    db = await openInbox(open);
  });
  beforeEach(() => emptied(db));

  const items = (states: readonly StoredItem['state'][] = ['OPEN']) =>
    page(db, { states }, { most: 10, after: null });
  const identity = () => createIdentity({ db, seal });
  const holders = () =>
    db.query<{ key: string; customer: string; open: boolean }>(
      'select key, customer_id as customer, valid_to is null as open from identity_crosswalk',
    );
  /** A record of which a message told, and that its system does not have. */
  async function set() {
    const { source, records } = sourceOf();
    const reader = readerOf(db, source);
    const tell = async () => {
      await hint(db, [{ system: 'ERP', key: 'ghost', source: 'WEBHOOK' }]);
      await reader.drain();
    };
    await tell();
    const [item] = await items();
    if (!item) throw new Error('there is no item');
    return { records, reader, tell, item };
  }
  /** What a steward decides is carried out, and carried out again. */
  async function decide(
    item: StoredItem,
    decision: Decision,
    customer: string | null = null,
  ): Promise<Outcome> {
    const proceed = unknownDecided(db, identity());
    const decided = {
      ...{ decision, customer, reason: 'why', by: 'ann', at: '2026-03-01T09:30:00.000Z' },
      ...{ approve: [], approvedBy: null, item },
    };
    const outcome = await proceed(decided);
    expect(await proceed(decided)).toEqual(outcome);
    return outcome;
  }
  const done: Outcome = { status: 'DONE' };

  test('a record that nobody knows is asked about once, until it is known by whatever way', async () => {
    const { records, tell, item } = await set();
    expect(item).toMatchObject({
      ...{ kind: 'UNKNOWN_RECORD', key: 'ERP:ghost', entityIds: [], evidence: { source: ['WEBHOOK'] } },
      sides: [{ system: 'ERP', key: 'ghost' }],
    });
    await tell();
    expect((await items()).map(({ id }) => id)).toEqual([item.id]);
    records.set('ghost', 'here');
    await tell();
    expect(await items()).toEqual([]);
    expect(await items(['CLOSED'])).toMatchObject([{ id: item.id, history: [{ code: 'KNOWN' }] }]);
  });

  test('a record that does not matter is not asked about again, and becomes a customer all the same where it appears', async () => {
    const { records, tell, item } = await set();
    expect(await decide(item, 'IGNORE')).toEqual(done);
    await db.query(`select steward_close('UNKNOWN_RECORD', 'ERP:ghost', 'DONE')`);
    await tell();
    expect(await items()).toEqual([]);
    records.set('ghost', 'here');
    await tell();
    expect(await holders()).toMatchObject([{ key: 'ghost', open: true }]);
  });

  test('read again, it is found where its system has it by now', async () => {
    const { records, reader, item } = await set();
    records.set('ghost', 'here');
    expect(await decide(item, 'READ_AGAIN')).toEqual(done);
    expect(await inboxOf(db)).toHaveLength(1);
    await reader.drain();
    expect(await items()).toEqual([]);
    expect(await holders()).toMatchObject([{ key: 'ghost', open: true }]);
  });

  test.each([true, false])('linked, it is what its customer has, or had: in its system %s', async (there) => {
    const { records, reader, tell, item } = await set();
    const [customer = ''] = await identity().register.enrol([
      { records: [{ system: 'CRM', key: 'a' }], facts: {} },
    ]);
    if (there) records.set('ghost', 'here');
    expect(await decide(item, 'LINK', customer)).toEqual(done);
    await reader.drain();
    expect(await items()).toEqual([]);
    expect((await holders()).filter(({ key }) => key === 'ghost')).toEqual([
      { key: 'ghost', customer, open: there },
    ]);
    // Told of again, it is no unknown one.
    await tell();
    expect(await items()).toEqual([]);
  });

  test('a customer that is not there is not made by linking a record to it', async () => {
    const { item } = await set();
    const nobody = '00000000-0000-7000-8000-000000000001';
    expect(await decide(item, 'LINK', nobody)).toMatchObject({ status: 'REFUSED', code: 'UNKNOWN_CUSTOMER' });
    expect(await holders()).toEqual([]);
    expect(await inboxOf(db)).toEqual([]);
  });
});
