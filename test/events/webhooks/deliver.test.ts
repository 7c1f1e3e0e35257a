import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { logIn, positionOf, type Change } from '../../../events/index.ts';
import { boundaries } from '../../../events/webhooks/deliver.ts';
import { messageOf } from '../../../events/webhooks/message.ts';
import type { Db } from '../../../runtime/db/index.ts';
import type { Principal } from '../../../runtime/principal.ts';
import { withStores } from '../../support/store.ts';
import { openReceiver, type Arrived, type Receiver, type Reply } from './receiver.ts';
import { asking, migrated, openSender, operator, registering, tell, until } from './support.ts';

type Sender = Awaited<ReturnType<typeof openSender>>;

withStores((open) => {
  let db: Db;
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    db = await migrated(await open());
  });
  beforeEach(() => db.script('delete from events_webhook'));
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  const receive = async (reply?: (arrived: Arrived, nth: number) => Reply): Promise<Receiver> => {
    const receiver = await openReceiver(reply);
    stops.push(() => receiver.close());
    return receiver;
  };
  const sender = async (given?: Parameters<typeof openSender>[1]): Promise<Sender> => {
    const opened = await openSender(db, given);
    stops.push(() => opened.stop());
    return opened;
  };
  const register = async (
    { webhooks }: Sender,
    url: string,
    given: Parameters<typeof registering>[1] = {},
    principal: Principal = operator,
  ) => {
    const { endpoint, secret, refusals } = await webhooks.register(
      registering(url, given),
      asking(principal),
    );
    expect(refusals).toEqual([]);
    if (!endpoint || secret === null) throw new Error('nothing was registered');
    return { id: endpoint.id, secret };
  };
  const positionsOf = (all: readonly Arrived[]) => all.map(({ event }) => event.data.position);
  const stateOf = async ({ endpoints }: Sender, id: string) => (await endpoints.find(id)) ?? undefined;
  const settledAt = (from: Sender, id: string, position: string | undefined) =>
    until(async () => {
      const found = await stateOf(from, id);
      return found?.position === position && found;
    });

  test('a change arrives as a signed event of CloudEvents, and names attributes without their values', async () => {
    const receiver = await receive();
    const opened = await sender();
    const { id, secret } = await register(opened, `${receiver.url}/hook?for=graph`);
    const entityId = randomUUID();
    const [position] = await tell(db, { entityId, attributes: ['name', 'segment'] });
    const [arrived] = await receiver.first(1);
    if (!arrived) throw new Error('nothing arrived');
    expect(arrived.path).toBe('/hook?for=graph');
    expect(arrived.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const event = new Webhook(secret).verify(arrived.body, { ...arrived.headers });
    const head = await logIn(db).head();
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

  test('changes arrive in order and one at a time, whatever fails on the way', async () => {
    let [answered, failed] = [0, 0];
    const receiver = await receive(() => (++answered % 3 === 0 ? 204 : (failed++, 500)));
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(db, ...Array.from({ length: 12 }, () => ({})));
    await settledAt(opened, id, told.at(-1));
    const arrived = receiver.arrived;
    expect(failed).toBe(24);
    expect(positionsOf(arrived)).toEqual(told.flatMap((position) => [position, position, position]));
    expect(new Set(arrived.map(({ headers }) => headers['webhook-id'])).size).toBe(12);
    expect(receiver.atOnce()).toBe(1);
    expect(await stateOf(opened, id)).toMatchObject({ state: 'ACTIVE', failures: 0, failingSince: null });
    expect(opened.failures).toEqual([]);
  });

  test('what was sent and not stored when the process ended is sent again under the same id', async () => {
    const receiver = await receive();
    let crash = true;
    const ended = new Error('the process has ended');
    const first = await sender({
      at: (boundary) => {
        if (crash && boundary === 'sent') throw ended;
      },
      // Others find the endpoint when the lease of the one that ended is over.
      pace: { lease: 200, timeout: 60 },
    });
    const { id } = await register(first, receiver.url);
    const [position] = await tell(db, {});
    const again = await receiver.first(2);
    crash = false;
    await settledAt(first, id, position);
    expect(first.failures).toContain(ended);
    expect(new Set(again.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(positionsOf(receiver.arrived))).toEqual(new Set([position]));
  });

  test.each(boundaries)(
    'a process that ends where something was %s loses nothing, and disorders nothing',
    async (where) => {
      const receiver = await receive((_, nth) => (nth % 4 === 0 ? 500 : 204));
      let passed = 0;
      const ended = new Error('the process has ended');
      const opened = await sender({
        at: (boundary) => {
          if (boundary === where && ++passed % 3 === 0) throw ended;
        },
        pace: { lease: 150, timeout: 45 },
      });
      const { id } = await register(opened, receiver.url);
      // One of its own among others, so that it is let go of without anything sent as well.
      const { id: other } = await register(opened, `${receiver.url}/erp`, { filter: { systems: ['ERP'] } });
      const told: string[] = [];
      for (let i = 0; i < 8; i++) told.push(...(await tell(db, {}, {})));
      const [erp] = await tell(db, { system: 'ERP', attributes: ['creditLimit'] });
      await Promise.all([settledAt(opened, id, erp), settledAt(opened, other, erp)]);
      expect(opened.failures).toContain(ended);
      expect(opened.failures.filter((failure) => failure !== ended)).toEqual([]);
      const [own, others] = ['/', '/erp'].map((path) =>
        positionsOf(receiver.arrived.filter((one) => one.path === path)),
      );
      // A repetition follows what it repeats.
      expect(own?.filter((position, i) => position !== own[i - 1])).toEqual([...told, erp]);
      expect(new Set(others)).toEqual(new Set([erp]));
    },
  );

  test('what is under way when the process stops is given up after a while, and sent again by another', async () => {
    const receiver = await receive(() => 'NEVER');
    const leaving = await openSender(db, { pace: { grace: 50, lease: 60_000, timeout: 20_000 } });
    const { id } = await register(leaving, receiver.url);
    const [position] = await tell(db, {});
    await receiver.first(1);
    await leaving.stop();
    expect(await stateOf(leaving, id)).toMatchObject({ failures: 0, state: 'ACTIVE' });
    receiver.answer(() => 204);
    const next = await sender();
    await settledAt(next, id, position);
    expect(new Set(receiver.arrived.map(({ event }) => event.id)).size).toBe(1);
  });

  test('an endpoint that is paused is sent nothing, and what was under way is not sent again', async () => {
    let release = (): void => undefined;
    const receiver = await receive((_, nth) =>
      nth === 1
        ? (response) => {
            release = () => response.writeHead(204).end();
          }
        : 204,
    );
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(db, {}, {}, {});
    await receiver.first(1);
    expect(await opened.webhooks.pause(id, asking())).toMatchObject({ endpoint: { state: 'PAUSED' } });
    release();
    await settledAt(opened, id, told[0]);
    await tell(db, {});
    expect(receiver.arrived).toHaveLength(1);
    await opened.webhooks.enable(id, false, asking());
    const all = await receiver.first(4);
    expect(new Set(positionsOf(all)).size).toBe(4);
  });

  test('several processes tell an endpoint one thing at a time, each once', async () => {
    const receiver = await receive();
    const [one] = await Promise.all([sender(), sender(), sender()]);
    const { id } = await register(one, receiver.url);
    const told: string[] = [];
    for (let i = 0; i < 20; i++) told.push(...(await tell(db, {}, {})));
    await settledAt(one, id, told.at(-1));
    expect(positionsOf(receiver.arrived)).toEqual(told);
    expect(receiver.atOnce()).toBe(1);
  });

  test('410 disables an endpoint at once, and enabling it begins with what it missed', async () => {
    const receiver = await receive(() => 410);
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(db, {}, {});
    await until(async () => (await stateOf(opened, id))?.state === 'DISABLED');
    expect(await stateOf(opened, id)).toMatchObject({ reason: 'GONE', nextAttemptAt: null });
    expect(receiver.arrived).toHaveLength(1);
    receiver.answer(() => 204);
    expect(await opened.webhooks.enable(id, false, asking())).toMatchObject({ refusals: [] });
    await settledAt(opened, id, told.at(-1));
    expect(positionsOf(receiver.arrived)).toEqual([told[0], ...told]);
    expect(await stateOf(opened, id)).toMatchObject({ state: 'ACTIVE', reason: null, failures: 0 });
  });

  test('an endpoint that never takes anything is given up, and says why', async () => {
    const receiver = await receive(() => 500);
    const opened = await sender({ pace: { giveUp: 100 } });
    const { id } = await register(opened, receiver.url);
    await tell(db, {});
    await until(async () => (await stateOf(opened, id))?.state === 'DISABLED');
    const found = await stateOf(opened, id);
    expect(found).toMatchObject({ reason: 'FAILING' });
    expect(found?.failures).toBe(receiver.arrived.length);
    const kept = (await opened.endpoints.deliveries([id], 100)).get(id);
    expect(kept).toHaveLength(Math.min(100, receiver.arrived.length));
    expect(kept?.[0]).toMatchObject({ status: 500, problem: 'REFUSED', took: expect.any(Number) });
  });

  test('both secrets sign after a rotation, and the fresh one alone once the other has ended', async () => {
    const receiver = await receive();
    const opened = await sender();
    const { id, secret } = await register(opened, receiver.url);
    const { secret: fresh } = await opened.webhooks.rotate(id, asking());
    if (fresh === null) throw new Error('there is no fresh secret');
    await tell(db, {});
    const [both] = await receiver.first(1);
    for (const known of [secret, fresh]) new Webhook(known).verify(both?.body ?? '', { ...both?.headers });
    await db.query(
      `update events_webhook set secrets = jsonb_set(secrets, '{1,until}', '"2020-01-01T00:00:00Z"') where id = $1`,
      [id],
    );
    await tell(db, {});
    const [, after] = await receiver.first(2);
    new Webhook(fresh).verify(after?.body ?? '', { ...after?.headers });
    expect(() => new Webhook(secret).verify(after?.body ?? '', { ...after?.headers })).toThrow();
    expect(await stateOf(opened, id)).toMatchObject({ formerSecretUntil: null });
  });

  test('what came after a cursor is sent once more, under the ids that it had', async () => {
    const receiver = await receive();
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(db, {}, {}, {}, {});
    const before = await receiver.first(4);
    await settledAt(opened, id, told.at(-1));
    const { data } = before[1]?.event ?? {};
    const cursor = (data as unknown as { cursor: string }).cursor;
    expect(await opened.webhooks.replay(id, cursor, asking())).toMatchObject({ refusals: [] });
    const all = await receiver.first(6);
    expect(all.slice(4).map(({ event }) => event.id)).toEqual(before.slice(2).map(({ event }) => event.id));
    await settledAt(opened, id, told.at(-1));
  });

  test('a replay in the middle of a delivery begins again where it was asked to', async () => {
    let release = (): void => undefined;
    const receiver = await receive((_, nth) =>
      nth === 3
        ? (response) => {
            release = () => response.writeHead(204).end();
          }
        : 204,
    );
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(db, {}, {}, {}, {});
    const [, , third] = await receiver.first(3);
    const first = receiver.arrived[0]?.event.data as unknown as { cursor: string };
    await opened.webhooks.replay(id, first.cursor, asking());
    expect(positionsOf(third ? [third] : [])).toEqual([told[2]]);
    release();
    const all = await receiver.first(6);
    await settledAt(opened, id, told.at(-1));
    expect(positionsOf(all)).toEqual([told[0], told[1], told[2], told[1], told[2], told[3]]);
    expect(receiver.atOnce()).toBe(1);
  });

  test('endpoints that hang hold up nobody else', async () => {
    const hanging = await receive(() => 'NEVER');
    const good = await receive();
    const opened = await sender({ pace: { concurrency: [4, 2], timeout: 300, lease: 3_000 } });
    // More of them than are sent to at a time.
    const hung: { readonly id: string }[] = [];
    for (let i = 0; i < 12; i++) hung.push(await register(opened, `${hanging.url}/${i}`));
    const { id } = await register(opened, good.url);
    await tell(db, {});
    await until(async () => {
      const found = await Promise.all(hung.map(({ id: one }) => stateOf(opened, one)));
      return found.every((one) => (one?.failures ?? 0) > 0);
    });
    const tried = hanging.arrived.length;
    const told: string[] = [];
    for (let i = 0; i < 20; i++) {
      told.push(...(await tell(db, {})));
      await settledAt(opened, id, told.at(-1));
    }
    // Twenty one after the other, in the time in which a hanging one is waited for but a few times.
    expect(hanging.arrived.length - tried).toBeLessThan(20);
    expect(positionsOf(good.arrived).slice(1)).toEqual(told);
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await receive();
    const receiver = await receive(() => (response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    await tell(db, {});
    await receiver.first(3);
    const kept = await until(async () => (await opened.endpoints.deliveries([id], 1)).get(id));
    expect(kept[0]).toMatchObject({ status: 307, problem: 'REDIRECTED' });
    expect(elsewhere.arrived).toEqual([]);
  });

  test('nothing is sent to a private network unless that is allowed', async () => {
    const receiver = await receive();
    const before = await openSender(db);
    const { id } = await register(before, receiver.url);
    await before.stop();
    const careful = await sender({ allowPrivate: false });
    await tell(db, {});
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
      db,
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
    const [last] = await tell(db, { system: 'ERP', attributes: ['creditLimit'] });
    await settledAt(opened, id, last);
    expect(limited.arrived.filter(({ path }) => path === '/nora')).toEqual([]);
  });

  test('an endpoint that is behind what is kept is disabled instead of skipping what is gone', async () => {
    const receiver = await receive();
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    await opened.webhooks.pause(id, asking());
    const told = await tell(db, {}, {}, {});
    await db.query('update events_head set floor = $1', [told[1]]);
    await db.query('delete from events_log where position <= $1', [told[1]]);
    await db.query(`update events_webhook set state = 'ACTIVE' where id = $1`, [id]);
    await until(async () => (await stateOf(opened, id))?.reason === 'CURSOR_EXPIRED');
    const enabled = await opened.webhooks.enable(id, false, asking());
    expect(enabled).toMatchObject({ refusals: [{ code: 'CURSOR_EXPIRED' }] });
    expect(await opened.webhooks.enable(id, true, asking())).toMatchObject({ refusals: [] });
    const [next] = await tell(db, {});
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
