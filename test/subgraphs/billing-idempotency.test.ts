import { beforeAll, expect, test } from '@jest/globals';
import type { Db } from '../../runtime/db/index.ts';
import { idempotent } from '../../subgraphs/billing/idempotency.ts';
import { billingId } from '../../subgraphs/billing/ids.ts';
import { json } from '../../subgraphs/sandbox/api.ts';
import type { WireRequest } from '../../subgraphs/wire.ts';
import { withStores } from '../support/store.ts';
import { billingOver, openBillingStore } from './billing-store.ts';

withStores((open) => {
  let db: Db;
  const create = (key: string, body: unknown) =>
    billingOver(db).api('POST', '/customers', body, { 'idempotency-key': key });
  const customers = async () =>
    (await db.query<{ count: number }>('select count(*)::int as count from billing_customer'))[0]?.count;

  beforeAll(async () => {
    db = await openBillingStore(open);
  });

  test('the same key and request give the stored answer, in whatever order the parameters come', async () => {
    const before = await customers();
    const first = await create('order', { currency: 'eur', name: 'A', metadata: { account: '1' } });
    const again = await create('order', { metadata: { account: '1' }, name: 'A', currency: 'eur' });
    expect(again.shown).toEqual(first.shown);
    expect(await customers()).toBe((before ?? 0) + 1);
  });

  test('the same key with another request is an idempotency_error without effect', async () => {
    await create('other', { currency: 'eur' });
    const before = await customers();
    expect(await create('other', { currency: 'usd' })).toMatchObject({
      status: 400,
      shown: { error: { type: 'idempotency_error', code: 'idempotency_key_reused' } },
    });
    expect(await customers()).toBe(before);
  });

  test('refused parameters leave the key free for the mended request', async () => {
    expect((await create('mended', { currency: 'EUR' })).status).toBe(400);
    expect((await create('mended', { currency: 'eur' })).status).toBe(200);
  });

  test('a key is forgotten after 24 hours, with its answer', async () => {
    const first = await create('old', { currency: 'eur' });
    const age = (hours: string) =>
      db.query(
        `update billing_idempotency set created = clock_timestamp() - $1::interval where key = 'old'`,
        [hours],
      );
    await age('23 hours 59 minutes');
    expect((await create('old', { currency: 'eur' })).shown.id).toBe(first.shown.id);
    await age('24 hours 1 minute');
    const later = await create('old', { currency: 'usd' });
    expect(later.status).toBe(200);
    expect(later.shown.id).not.toBe(first.shown.id);
  });

  test('a failure inside is undone, and its 500 is given again', async () => {
    let runs = 0;
    const serve = idempotent(db)(async (tx) => {
      runs += 1;
      await tx.query(`insert into billing_customer (key, body) values ($1, '{}')`, [billingId('cus')]);
      throw new Error('a bug');
    });
    const before = await customers();
    const request: WireRequest = { method: 'POST', path: '/v1/x', headers: { 'idempotency-key': 'broken' } };
    const broken = { status: 500, body: { error: { type: 'api_error' } } };
    expect(await serve(request, {})).toMatchObject(broken);
    expect(await serve(request, {})).toMatchObject(broken);
    expect(runs).toBe(1);
    expect(await customers()).toBe(before);
  });

  test('of requests at the same time one has an effect; the others are told to come again, or its answer', async () => {
    const before = await customers();
    const make = () => create('crowd', { currency: 'eur', name: 'Once' });
    const answers = await Promise.all(Array.from({ length: 12 }, make));
    const done = answers.filter(({ status }) => status === 200);
    expect(new Set(done.map(({ shown }) => shown.id)).size).toBe(1);
    for (const { status, shown } of answers) {
      if (status !== 200)
        expect({ status, code: shown.error.code }).toEqual({ status: 409, code: 'idempotency_key_in_use' });
    }
    expect((await make()).shown.id).toBe(done[0]?.shown.id);
    expect(await customers()).toBe((before ?? 0) + 1);
  });

  test('a key whose first request still runs is a 409, and its effect is undone', async () => {
    // On one connection transactions take turns: a key is never in flight when it is looked at.
    if (db.kind === 'pglite') return;
    const started = Promise.withResolvers<undefined>();
    const finish = Promise.withResolvers<undefined>();
    let runs = 0;
    const serve = idempotent(db)(async (tx) => {
      const key = billingId('cus');
      await tx.query(`insert into billing_customer (key, body) values ($1, '{}')`, [key]);
      if (++runs === 1) {
        started.resolve(undefined);
        await finish.promise;
      }
      return json(200, { key });
    });
    const before = await customers();
    const request: WireRequest = { method: 'POST', path: '/v1/x', headers: { 'idempotency-key': 'flight' } };
    const slow = serve(request, {});
    await started.promise;
    const quick = await serve(request, {});
    finish.resolve(undefined);
    expect([quick.status, (await slow).status].sort()).toEqual([200, 409]);
    expect(await customers()).toBe((before ?? 0) + 1);
  });

  test('keys of no length or of more than 255 characters are refused', async () => {
    expect((await create('', { currency: 'eur' })).status).toBe(400);
    expect((await create('k'.repeat(256), { currency: 'eur' })).status).toBe(400);
  });
});
