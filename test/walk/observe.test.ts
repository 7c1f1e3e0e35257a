import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { intakeOf, openEvents, hint, webhookDoor, type Events } from '../../events/index.ts';
import { openDb } from '../../runtime/db/index.ts';
import { createHttp } from '../../runtime/http.ts';
import { listen } from '../../runtime/listen.ts';
import { newWebhookSecret } from '../../runtime/signature.ts';
import { createMetrics } from '../../runtime/telemetry.ts';
import { crossingOf } from '../../subgraphs/crossing.ts';
import { sendersWith, systems } from '../../subgraphs/index.ts';
import { observeSystems } from '../../subgraphs/observe.ts';
import type { Sandbox } from '../../subgraphs/sandbox/api.ts';
import { startHooks } from '../../subgraphs/sandbox/hooks.ts';
import { seedNorthwind } from '../../subgraphs/seed/northwind.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';
import type { WireRequest } from '../../subgraphs/wire.ts';
import { withStores, type OpenStore } from '../support/store.ts';

const secret = newWebhookSecret();
const call = { correlationId: 'test', signal: new AbortController().signal };

describe('what is done in a system itself is told once, by messages alone', () => {
  observing(() => openDb({}), 3_600_000);
});

describe('what is done in a system itself is told once, by polling and by messages together', () => {
  withStores((open) => {
    observing(open, 150);
  });
});

/** What came to be told, by messages and by feeds that are looked at so often, in milliseconds. */
function observing(open: OpenStore, feedInterval: number): void {
  let store: Store;
  let sandboxes: readonly Sandbox[];
  let events: Events;
  let position = 0n;
  let writing = false;
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    store = await prepared(await open());
    await seedNorthwind({ ...store, progress: () => undefined });
    const { db, identity, fingerprint } = store;
    const metrics = createMetrics();
    const http = createHttp();
    sandboxes = systems.map(({ sandbox }) => sandbox(db));
    const opened = systems.map(({ name, system, open }) => {
      const wire = sandboxes.find((one) => one.name === name)?.wire;
      if (!wire) throw new Error(`no sandbox ${name}`);
      return open(wire, {
        fingerprint,
        guard: (context, run) => run(context.signal),
        crossing: crossingOf(identity, system),
        site: null,
      });
    });
    const failed = (error: unknown) => {
      failures.push(error);
    };
    events = await openEvents(
      {
        ...{ db, metrics, tagged: [], retention: { days: 30, most: 10_000 }, failed },
        notice: () => undefined,
        reread: (tx, records) =>
          hint(
            tx,
            records.map((one) => ({ ...one, source: 'SWEEP' })),
          ),
      },
      { interval: 10, batch: 100, retention: 60_000 },
    );
    const secrets = new Map(systems.map(({ name }) => [name, [secret]]));
    const listening = await listen({
      ...{ host: '127.0.0.1', port: 0, setting: 'PORT', drainTimeout: 0, failed },
      answer: webhookDoor(
        { db, metrics, senders: sendersWith(secrets), bodyLimit: 100_000 },
        () => undefined,
      ),
    });
    stops.push(
      () => listening.close(),
      startHooks({ db, sandboxes, send: http.send, interval: 20 }),
      observeSystems({
        entity: 'Customer',
        ...{ db, identity, metrics, systems: opened },
        // Whether a write of ours is under way to every one of them.
        intake: intakeOf({
          entity: 'Customer',
          busy: (_, __, ids) => Promise.resolve(new Set(writing ? ids : [])),
        }),
        feedInterval,
        sweepInterval: 200,
        failed: (_, error) => {
          failed(error);
        },
      }),
      () => events.stop(),
      () => http.close(),
      // A store that the suite opened it closes again; to close it twice does no harm.
      () => db.close(),
    );
    for (const { name } of systems)
      await ask(name, {
        method: 'PUT',
        path: '/hooks',
        body: { url: `${listening.url}/webhooks/${name}`, secret },
      });
  });
  const failures: unknown[] = [];
  beforeEach(async () => {
    await settled();
    position = BigInt((await events.log.head()).position);
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
    expect(failures).toEqual([]);
  });

  async function ask(name: string, request: WireRequest): Promise<Record<string, never>> {
    const sandbox = sandboxes.find((one) => one.name === name);
    const answer = await sandbox?.wire(request, call);
    expect(answer?.status).toBeLessThan(300);
    return answer?.body as Record<string, never>;
  }

  /** Until everything that was done is on its way no longer: sent, read and told. */
  async function settled(): Promise<void> {
    for (let quiet = 0; quiet < 5;) {
      const [row] = await store.db.query<{ busy: string }>(
        `select (select count(*) from events_outbox) + (select count(*) from events_inbox)
           + (select count(*) from sandbox_hook h, sandbox_history s where s.seq > h.sent and s.entity like h.name || '\\_%')
           as busy`,
      );
      quiet = row?.busy === '0' ? quiet + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }

  /** What was told since the test began. */
  async function told() {
    await settled();
    const changes = await events.log.after(position.toString(), 100);
    return changes.map(({ kind, system, key, attributes, cause }) => ({
      kind,
      system,
      key,
      attributes,
      cause,
    }));
  }

  const keyOf = async (system: string): Promise<string> => {
    const [row] = await store.db.query<{ key: string }>(
      'select key from identity_crosswalk where system = $1 and valid_to is null order by key limit 1',
      [system],
    );
    return row?.key ?? '';
  };

  const partner = async (changes: object) => {
    const key = await keyOf('ERP');
    const request = { path: `/odata/v1/A_BusinessPartner/${key}`, headers: { 'if-match': '*' } };
    await ask('erp', { ...request, method: 'PATCH', body: changes });
    return key;
  };

  test('an edit in the ERP, with what it changed', async () => {
    const key = await partner({ CreditCheckRule: 'STRICT', CreditAccountIsBlocked: true });
    expect(await told()).toEqual([
      { kind: 'UPDATED', system: 'ERP', key, attributes: ['creditStatus'], cause: null },
    ]);
  });

  test('a row below the record itself, as the attribute that it belongs to', async () => {
    const tax = {
      BPTaxType: 'DE0',
      BPTaxNumber: 'DE136695976',
      ValidityStartDate: '2026-01-01',
      ValidityEndDate: '9999-12-31',
    };
    const key = await partner({ to_BusinessPartnerTax: [tax] });
    expect(await told()).toEqual([
      { kind: 'UPDATED', system: 'ERP', key, attributes: ['taxRegistrations'], cause: null },
    ]);
  });

  test('an edit that changes nothing is not told', async () => {
    await partner({ CreditCheckRule: 'STRICT' });
    expect(await told()).toEqual([]);
  });

  test('two edits of the same attribute, one after the other', async () => {
    const key = await partner({ CreditLimit: '100.00', CreditLimitCurrency: 'EUR' });
    await settled();
    await partner({ CreditLimit: '200.00', CreditLimitCurrency: 'EUR' });
    const one = { kind: 'UPDATED', system: 'ERP', key, attributes: ['creditLimit'], cause: null };
    expect(await told()).toEqual([one, one]);
  });

  test('a person at an account, as a change of its contacts', async () => {
    const AccountId = await keyOf('CRM');
    const { Id } = await ask('crm', {
      ...{ method: 'POST', path: '/services/data/v1/sobjects/Contact' },
      body: { AccountId, Name: 'New Person' },
    });
    const one = { kind: 'UPDATED', system: 'CRM', key: AccountId, attributes: ['contacts'], cause: null };
    expect(await told()).toEqual([one]);
    await ask('crm', {
      ...{ method: 'PATCH', path: `/services/data/v1/sobjects/Contact/${String(Id)}` },
      body: { Title: 'Buyer' },
    });
    expect(await told()).toEqual([one, one]);
    await ask('crm', { method: 'DELETE', path: `/services/data/v1/sobjects/Contact/${String(Id)}` });
    expect(await told()).toEqual([one, one, one]);
  });

  test('an invoice, as a change of the invoices and of the balance', async () => {
    const customer = await keyOf('BILLING');
    const one = { kind: 'UPDATED', system: 'BILLING', key: customer, cause: null };
    const { id } = await ask('billing', {
      ...{ method: 'POST', path: '/v1/invoices' },
      body: { customer, status: 'open', total: 1234 },
    });
    const attributes = async () => [...new Set((await told()).flatMap((change) => change.attributes))].sort();
    expect(await attributes()).toEqual(['balance', 'invoices']);
    await ask('billing', { method: 'POST', path: `/v1/invoices/${String(id)}/pay` });
    const all = await told();
    for (const change of all) expect(change).toMatchObject(one);
    for (const name of ['balance', 'invoices'])
      expect(all.filter((change) => change.attributes.includes(name))).toHaveLength(2);
  });

  test('what is seen while a write of ours is under way is put off, and told afterwards with all that changed', async () => {
    const AccountId = await keyOf('CRM');
    writing = true;
    await ask('crm', {
      ...{ method: 'POST', path: '/services/data/v1/sobjects/Contact' },
      body: { AccountId, Name: 'Another Person' },
    });
    const putOff = () =>
      store.db.query(`select 1 from events_inbox where key = $1 and source = 'SWEEP'`, [AccountId]);
    while ((await putOff()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await events.log.after(position.toString(), 100)).toEqual([]);
    writing = false;
    expect(await told()).toEqual([
      { kind: 'UPDATED', system: 'CRM', key: AccountId, attributes: ['contacts'], cause: null },
    ]);
  });

  test('a partner that is gone without a word', async () => {
    const key = await keyOf('ERP');
    await store.db.query('delete from erp_business_partner where key = $1', [key]);
    let changes = await told();
    while (changes.length === 0) changes = await told();
    expect(changes).toMatchObject([{ kind: 'DELETED', system: 'ERP', key, cause: null }]);
    expect(await store.db.query('select 1 from events_unknown')).toEqual([]);
  });

  test('an account that is made and one that is deleted', async () => {
    const { Id } = await ask('crm', {
      ...{ method: 'POST', path: '/services/data/v1/sobjects/Account' },
      body: { Name: 'Newcomer', Website: 'https://newcomer.example' },
    });
    const key = String(Id);
    const made = { kind: 'CREATED', system: 'CRM', key, cause: null };
    expect(await told()).toMatchObject([made]);
    await ask('crm', { method: 'DELETE', path: `/services/data/v1/sobjects/Account/${key}` });
    expect(await told()).toMatchObject([made, { kind: 'DELETED', system: 'CRM', key, cause: null }]);
    expect(await store.db.query('select 1 from events_unknown')).toEqual([]);
  });
}
