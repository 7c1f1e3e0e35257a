import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { once } from 'node:events';
import { webhookDoor } from '../../../events/index.ts';
import type { Db } from '../../../runtime/db/index.ts';
import { Failure } from '../../../runtime/failure.ts';
import { listen, type Listening } from '../../../runtime/listen.ts';
import { newWebhookSecret, signedHeaders } from '../../../runtime/signature.ts';
import { createMetrics, type Metrics } from '../../../runtime/telemetry.ts';
import { withStores } from '../../support/store.ts';
import { emptied, inboxOf, openInbox } from './stage.ts';

const [current, before, stranger] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
const limit = 6000;

withStores((open) => {
  let db: Db;
  let listening: Listening;
  let metrics: Metrics;
  let failures: unknown[];

  beforeAll(async () => {
    db = await openInbox(open);
    metrics = createMetrics();
    failures = [];
    const hinted = (body: unknown) =>
      Array.isArray(body) ? body.map((key) => ({ key: String(key), touched: ['list'] })) : null;
    listening = await listen({
      ...{ host: '127.0.0.1', port: 0, setting: 'PORT', drainTimeout: 0 },
      failed: (error) => {
        if (!(error instanceof Failure)) failures.push(error);
      },
      answer: webhookDoor(
        {
          ...{ db, metrics, bodyLimit: limit },
          senders: new Map([
            ['erp', { system: 'ERP', secrets: [current, before], hinted }],
            ['crm', { system: 'CRM', secrets: [], hinted }],
            ['billing', { system: 'BILLING', secrets: [newWebhookSecret()], hinted }],
          ]),
        },
        (_, response) => {
          response.end('another page');
        },
      ),
    });
  });
  beforeEach(() => emptied(db));
  afterAll(async () => {
    await listening.close();
    expect(failures).toEqual([]);
  });

  interface Sent {
    readonly path?: string;
    readonly method?: string;
    readonly secrets?: readonly string[];
    readonly id?: string;
    readonly late?: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** What is sent instead of what was signed. */
    readonly instead?: string | Uint8Array<ArrayBuffer>;
  }

  async function send(body: string, sent: Sent = {}) {
    const { path = '/webhooks/erp', method = 'POST', secrets = [current], id = 'msg_1', late = 0 } = sent;
    const at = new Date(Date.now() - late * 1000);
    const headers = { ...signedHeaders(secrets, { id, at, body }), ...sent.headers };
    const response = await fetch(listening.url + path, {
      ...{ method, headers },
      ...(method === 'GET' ? {} : { body: sent.instead ?? body }),
    });
    const text = await response.text();
    return { status: response.status, type: response.headers.get('content-type'), text };
  }

  const keys = async () => (await inboxOf(db)).map(({ key }) => key);
  const refused = (code: string) => expect.stringContaining(`"code":"${code}"`) as unknown;

  test('a message is stored before it is acknowledged, and its records are in the inbox', async () => {
    expect(await send('["a","b","a"]')).toMatchObject({ status: 200, text: '{"outcome":"stored"}' });
    expect(await inboxOf(db)).toMatchObject([
      { key: 'a', touched: ['list'] },
      { key: 'b', touched: ['list'] },
    ]);
    expect(await db.query('select system, message_id from events_message')).toEqual([
      { system: 'ERP', message_id: 'msg_1' },
    ]);
  });

  test('a message that comes again is acknowledged again and has no effect', async () => {
    await send('["a"]');
    await db.script('truncate events_inbox');
    for (const body of ['["a"]', '["b"]'])
      expect(await send(body)).toMatchObject({ status: 200, text: '{"outcome":"replayed"}' });
    expect(await keys()).toEqual([]);
    expect(await send('["a"]', { id: 'msg_2' })).toMatchObject({ text: '{"outcome":"stored"}' });
  });

  test('the same message sixteen times at once has one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => send('["a","b"]')));
    expect(answers.filter(({ text }) => text.includes('stored'))).toHaveLength(1);
    expect(answers.filter(({ text }) => text.includes('replayed'))).toHaveLength(15);
    expect(await inboxOf(db)).toMatchObject([
      { key: 'a', hints: '1' },
      { key: 'b', hints: '1' },
    ]);
  });

  test('a message that could not be stored is not acknowledged, and comes through when it is sent again', async () => {
    await db.script(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$;
      create trigger full_disk before insert on events_inbox for each row execute function refuse()`);
    expect(await send('["a"]')).toMatchObject({ status: 500, text: refused('INTERNAL_SERVER_ERROR') });
    await db.script('drop trigger full_disk on events_inbox; drop function refuse');
    expect(failures.splice(0)).toHaveLength(1);
    expect(await send('["a"]')).toMatchObject({ status: 200, text: '{"outcome":"stored"}' });
    expect(await keys()).toEqual(['a']);
  });

  const huge = JSON.stringify(Array.from({ length: 1001 }, () => 'k'));
  describe('without any effect', () => {
    test.each<[about: string, body: string, sent: Sent, status: number, code: string]>([
      ['forged', '["a"]', { secrets: [stranger] }, 401, 'UNAUTHENTICATED'],
      ['not signed', '["a"]', { headers: { 'webhook-signature': '' } }, 401, 'UNAUTHENTICATED'],
      ['changed on the way', '["a"]', { instead: '["b"]' }, 401, 'UNAUTHENTICATED'],
      ['changed by a blank', '["a"]', { instead: '["a" ]' }, 401, 'UNAUTHENTICATED'],
      ['signed by another system', '["a"]', { path: '/webhooks/billing' }, 401, 'UNAUTHENTICATED'],
      ['cut short', '["a"]', { instead: '["a"' }, 401, 'UNAUTHENTICATED'],
      ['empty', '["a"]', { instead: '' }, 401, 'UNAUTHENTICATED'],
      [
        'of bytes that are no text',
        '["\uFFFD"]',
        { instead: Uint8Array.from([0x5b, 0x22, 0xff, 0x22, 0x5d]) },
        401,
        'UNAUTHENTICATED',
      ],
      ['from long ago', '["a"]', { late: 330 }, 401, 'UNAUTHENTICATED'],
      ['from the future', '["a"]', { late: -330 }, 401, 'UNAUTHENTICATED'],
      ['no JSON', 'hello', {}, 400, 'BAD_REQUEST'],
      ['of no kind that the system sends', '{"hello":1}', {}, 400, 'BAD_REQUEST'],
      ['about a key that is none', '[""]', {}, 400, 'BAD_REQUEST'],
      ['about a key that no store can hold', '["a\\u0000b"]', {}, 400, 'BAD_REQUEST'],
      ['about a key that is too long', JSON.stringify(['k'.repeat(256)]), {}, 400, 'BAD_REQUEST'],
      ['under an id that is too long', '["a"]', { id: 'm'.repeat(256) }, 400, 'BAD_REQUEST'],
      ['about too many records', huge, {}, 400, 'BAD_REQUEST'],
      ['too large', JSON.stringify(['k'.repeat(limit)]), {}, 413, 'BODY_TOO_LARGE'],
      ['for a system that nobody knows', '["a"]', { path: '/webhooks/sales' }, 404, 'NOT_FOUND'],
      ['for a system without a secret', '["a"]', { path: '/webhooks/crm' }, 404, 'NOT_FOUND'],
      ['for none', '["a"]', { path: '/webhooks/' }, 404, 'NOT_FOUND'],
      ['asked for', '', { method: 'GET' }, 405, 'METHOD_NOT_ALLOWED'],
    ])('a message that is %s', async (_, body, sent, status, code) => {
      const answer = await send(body, sent);
      expect(answer).toMatchObject({
        ...{ status, text: refused(code) },
        type: 'application/problem+json; charset=utf-8',
      });
      expect(answer.text).not.toContain('whsec');
      expect(await keys()).toEqual([]);
      expect(await db.query('select 1 from events_message')).toEqual([]);
    });

    test('a message whose sender goes away before its end', async () => {
      const socket = connect(Number(new URL(listening.url).port), '127.0.0.1');
      const signed = signedHeaders([current], { id: 'msg_1', at: new Date(), body: '["a"]' });
      const lines = Object.entries({ host: 'x', 'content-length': '500', ...signed });
      socket.write(
        `POST /webhooks/erp HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n["a"]`,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
      await once(socket, 'close');
      expect(await send('["b"]', { id: 'msg_2' })).toMatchObject({ status: 200 });
      expect(await keys()).toEqual(['b']);
    });
  });

  test('while secrets are changed messages signed with either of them are taken', async () => {
    expect(await send('["a"]', { secrets: [before] })).toMatchObject({ status: 200 });
    expect(await send('["b"]', { secrets: [stranger, current], id: 'msg_2' })).toMatchObject({ status: 200 });
    expect(await keys()).toEqual(['a', 'b']);
  });

  test('every message is counted by what became of it, and other pages are others’', async () => {
    const count = async (outcome: string) =>
      Number(
        new RegExp(`webhooks_received_total{system="ERP",outcome="${outcome}"} (\\d+)`).exec(
          await metrics.text(),
        )?.[1] ?? 0,
      );
    const outcomes = ['stored', 'replayed', 'forged', 'untimely', 'unreadable', 'too_large'];
    const counts = async () => Promise.all(outcomes.map(count));
    const began = await counts();
    await send('["a"]');
    await send('["a"]');
    await send('["a"]', { secrets: [stranger] });
    await send('["a"]', { late: 400 });
    await send('1');
    await send('x'.repeat(limit + 1));
    expect((await counts()).map((now, i) => now - (began[i] ?? 0))).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await send('', { path: '/webhook', method: 'GET' })).toMatchObject({ text: 'another page' });
  });
});
