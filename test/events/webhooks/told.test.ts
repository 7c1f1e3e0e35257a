import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { logIn, positionOf, type Change } from '../../../events/index.ts';
import { messageOf } from '../../../events/webhooks/message.ts';
import type { Principal } from '../../../runtime/principal.ts';
import { withStores } from '../../support/store.ts';
import type { Arrived } from './receiver.ts';
import { stageOn } from './stage.ts';
import { asking, openSender, tell, until } from './support.ts';

withStores((open) => {
  const stage = stageOn(open);
  const { receive, sender, register, stateOf, settledAt } = stage;

  test('a change arrives as a signed event of CloudEvents, and names attributes without their values', async () => {
    const receiver = await receive();
    const opened = await sender();
    const { id, secret } = await register(opened, `${receiver.url}/hook?for=graph`);
    const entityId = randomUUID();
    const [position] = await tell(stage.db(), { entityId, attributes: ['name', 'segment'] });
    const [arrived] = await receiver.first(1);
    if (!arrived) throw new Error('nothing arrived');
    expect(arrived.path).toBe('/hook?for=graph');
    expect(arrived.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const event = new Webhook(secret).verify(arrived.body, { ...arrived.headers });
    const head = await logIn(stage.db()).head();
    expect(event).toEqual({
      specversion: '1.0',
      id: `${head.epoch}/${position}`,
      source: `urn:uuid:${head.epoch}`,
      type: 'customer.updated',
      subject: entityId,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      datacontenttype: 'application/json',
      data: {
        cursor: expect.any(String),
        position,
        at: expect.any(String),
        kind: 'UPDATED',
        system: 'CRM',
        version: '2',
        previousVersion: null,
        attributes: [
          { name: 'name', owner: 'CRM' },
          { name: 'segment', owner: 'CRM' },
        ],
        cause: null,
        customer: { id: entityId },
      },
    });
    expect(arrived.headers['webhook-id']).toBe(arrived.event.id);
    const { cursor } = (event as { data: { cursor: string } }).data;
    expect(positionOf(cursor, head)).toBe(position);
    const forged = { ...arrived.headers };
    expect(() => new Webhook(secret).verify(`${arrived.body} `, forged)).toThrow();
    await settledAt(opened, id, position);
  });

  test('both secrets sign after a rotation, and the fresh one alone once the other has ended', async () => {
    const receiver = await receive();
    const opened = await sender();
    const { id, secret } = await register(opened, receiver.url);
    const { secret: fresh } = await opened.webhooks.rotate(id, asking());
    if (fresh === null) throw new Error('there is no fresh secret');
    await tell(stage.db(), {});
    const [both] = await receiver.first(1);
    for (const known of [secret, fresh]) new Webhook(known).verify(both?.body ?? '', { ...both?.headers });
    await stage
      .db()
      .query(
        `update events_webhook set secrets = jsonb_set(secrets, '{1,until}', '"2020-01-01T00:00:00Z"') where id = $1`,
        [id],
      );
    await tell(stage.db(), {});
    const [, after] = await receiver.first(2);
    new Webhook(fresh).verify(after?.body ?? '', { ...after?.headers });
    expect(() => new Webhook(secret).verify(after?.body ?? '', { ...after?.headers })).toThrow();
    expect(await stateOf(opened, id)).toMatchObject({ formerSecretUntil: null });
  });

  test('what came after a cursor is sent once more, under the ids that it had', async () => {
    const receiver = await receive();
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(stage.db(), {}, {}, {}, {});
    const before = await receiver.first(4);
    await settledAt(opened, id, told.at(-1));
    const { data } = before[1]?.event ?? {};
    const cursor = (data as unknown as { cursor: string }).cursor;
    expect(await opened.webhooks.replay(id, cursor, asking())).toMatchObject({ refusals: [] });
    const all = await receiver.first(6);
    expect(all.slice(4).map(({ event }) => event.id)).toEqual(before.slice(2).map(({ event }) => event.id));
    await settledAt(opened, id, told.at(-1));
  });

  test('nothing is sent to a private network unless that is allowed', async () => {
    const receiver = await receive();
    const before = await openSender(stage.db());
    const { id } = await register(before, receiver.url);
    await before.stop();
    const careful = await sender({ allowPrivate: false });
    await tell(stage.db(), {});
    const kept = await until(async () => (await careful.endpoints.deliveries([id], 1)).get(id));
    expect(kept[0]).toMatchObject({ status: null, problem: 'ADDRESS_NOT_ALLOWED' });
    expect(receiver.arrived).toEqual([]);
  });

  test('an endpoint is told of what matches its filter and its registrar may read, and of nothing else', async () => {
    const reader: Principal = {
      subject: 'rita',
      scopes: new Set(['customer:operate:webhooks', 'customer:read']),
    };
    const [plain, enterprise, limited] = [await receive(), await receive(), await receive()];
    const opened = await sender();
    await register(opened, plain.url, {}, reader);
    await register(opened, enterprise.url, { filter: { segments: ['ENTERPRISE'] } });
    const financial = { filter: { attributes: ['creditLimit'] } };
    const { id } = await register(opened, limited.url, financial);
    const known = { tags: { segment: 'segment=ENTERPRISE' } };
    const told = await tell(
      stage.db(),
      { attributes: ['name'] },
      { system: 'ERP', attributes: ['creditLimit'] },
      { system: 'ERP', attributes: ['billingAddress', 'creditLimit'], ...known },
      { system: 'ERP', attributes: ['creditLimit'], kind: 'DELETED' },
    );
    await settledAt(opened, id, told.at(-1));
    const names = (all: readonly Arrived[]) =>
      all.map(({ event }) => [event.data.position, ...event.data.attributes.map(({ name }) => name)]);
    expect(names(await limited.first(3))).toEqual([
      [told[1], 'creditLimit'],
      [told[2], 'billingAddress', 'creditLimit'],
      [told[3], 'creditLimit'],
    ]);
    expect(names(await plain.first(3))).toEqual([[told[0], 'name'], [told[2], 'billingAddress'], [told[3]]]);
    expect(names(await enterprise.first(1))).toEqual([[told[2], 'billingAddress', 'creditLimit']]);
    // Whoever gives it another address, and may read less, is told less: here of nothing.
    const narrower: Principal = { subject: 'nora', scopes: reader.scopes };
    const amending = { url: `${limited.url}/nora`, filter: undefined, description: undefined };
    expect(await opened.webhooks.amend(id, amending, asking(narrower))).toMatchObject({ refusals: [] });
    const [last] = await tell(stage.db(), { system: 'ERP', attributes: ['creditLimit'] });
    await settledAt(opened, id, last);
    expect(limited.arrived.filter(({ path }) => path === '/nora')).toEqual([]);
  });

  test('an endpoint that is behind what is kept is disabled instead of skipping what is gone', async () => {
    const receiver = await receive();
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    await opened.webhooks.pause(id, asking());
    const told = await tell(stage.db(), {}, {}, {});
    await stage.db().query('update events_head set floor = $1', [told[1]]);
    await stage.db().query('delete from events_log where position <= $1', [told[1]]);
    await stage.db().query(`update events_webhook set state = 'ACTIVE' where id = $1`, [id]);
    await until(async () => (await stateOf(opened, id))?.reason === 'CURSOR_EXPIRED');
    const enabled = await opened.webhooks.enable(id, false, asking());
    expect(enabled).toMatchObject({ refusals: [{ code: 'CURSOR_EXPIRED' }] });
    expect(await opened.webhooks.enable(id, true, asking())).toMatchObject({ refusals: [] });
    const [next] = await tell(stage.db(), {});
    const [arrived] = await receiver.first(1);
    expect(arrived?.event.data.position).toBe(next);
  });

  test('the message of a change is the same whenever it is made', () => {
    const change: Change = {
      ...{
        position: '7',
        at: '2026-03-01T09:30:00.123Z',
        entity: 'Order',
        entityId: 'o-1',
        kind: 'CREATED' as const,
      },
      ...{
        system: 'ERP' as const,
        key: 'k',
        version: '1',
        previousVersion: null,
        attributes: ['a', 'b'],
        cause: null,
        tags: {},
      },
    };
    const made = () => messageOf(change, 'e', 'c', new Set(['b']));
    expect(made()).toEqual(made());
    expect(JSON.parse(made().body)).toMatchObject({ type: 'order.created', data: { order: { id: 'o-1' } } });
    expect(made().body).not.toContain('"a"');
  });
});
