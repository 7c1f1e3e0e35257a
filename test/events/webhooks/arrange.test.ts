import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../../audit/index.ts';
import { cursorAt, logIn } from '../../../events/index.ts';
import { endpointLimit } from '../../../events/webhooks/endpoints.ts';
import { webhookResolvers } from '../../../events/webhooks/index.ts';
import { openDb, type Db } from '../../../runtime/db/index.ts';
import { localSubgraph, type Subgraph } from '../../../runtime/executor.ts';
import type { Principal } from '../../../runtime/principal.ts';
import { buildSubgraph } from '../../../runtime/subgraph.ts';
import type {
  Mutation,
  Query,
  RegisterWebhookInput,
  WebhookPayload,
} from '../../../schema/generated/events.ts';
import { contractOf } from '../../../schema/load.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { asking, migrated, openSender, operator, tell } from './support.ts';

let db: Db;
let subgraph: Subgraph;
let receiver: Receiver;
let sender: Awaited<ReturnType<typeof openSender>>;

beforeAll(async () => {
  db = await migrated(await openDb({}));
  receiver = await openReceiver();
  sender = await openSender(db);
  const schema = buildSubgraph(contractOf('events').sdl, webhookResolvers(sender));
  subgraph = localSubgraph('events', schema);
});
beforeEach(() => db.script('delete from events_webhook; delete from audit_pending'));
afterAll(async () => {
  await sender.stop();
  await receiver.close();
  await db.close();
});

/** What is asked for here; `done` is what came of whichever change. */
type Answers = Query & Mutation & { readonly done: WebhookPayload };

async function ask(operation: string, variables: object = {}, principal: Principal = operator) {
  const { data, errors } = await subgraph.prepare(operation)({ ...variables }, asking(principal));
  return {
    data: data as Answers,
    codes: errors?.map(({ extensions, message }) => extensions?.code ?? message),
  };
}

const register = async (input: Partial<RegisterWebhookInput>, principal?: Principal) => {
  const query = `mutation ($input: RegisterWebhookInput!) {
    registerWebhook(input: $input) { webhook { id url state cursor behind } secret refusals { code message } } }`;
  const { data, codes } = await ask(query, { input }, principal);
  expect(codes).toBeUndefined();
  return data.registerWebhook;
};
/** An endpoint that was registered. */
const registered = async (input: RegisterWebhookInput) => {
  const { webhook, secret } = await register(input);
  if (!webhook || secret == null) throw new Error('nothing was registered');
  return { webhook, secret };
};
const codesOf = ({ refusals }: Pick<WebhookPayload, 'refusals'>) => refusals.map(({ code }) => code);

test('an endpoint is registered, shown, changed, paused, enabled and removed', async () => {
  const { webhook, secret } = await registered({
    url: `${receiver.url}/one`,
    description: 'For the warehouse.',
    filter: { systems: ['ERP'], kinds: ['UPDATED'], segments: ['ENTERPRISE'] },
  });
  expect(secret).toMatch(/^whsec_/);
  const { id } = webhook;
  const whole = `id url description filter { customerIds systems attributes kinds segments } state reason registeredBy
    failures failingSince nextAttemptAt formerSecretUntil deliveries { messageId }`;
  const { data, codes } = await ask(`query ($id: ID!) { webhook(id: $id) { ${whole} } }`, { id });
  expect(codes).toBeUndefined();
  expect(data.webhook).toEqual({
    ...{ id, url: `${receiver.url}/one`, description: 'For the warehouse.', state: 'ACTIVE', reason: null },
    filter: {
      customerIds: null,
      systems: ['ERP'],
      attributes: null,
      kinds: ['UPDATED'],
      segments: ['ENTERPRISE'],
    },
    ...{
      registeredBy: 'olga',
      failures: 0,
      failingSince: null,
      nextAttemptAt: null,
      formerSecretUntil: null,
    },
    deliveries: [],
  });
  expect(JSON.stringify(data)).not.toContain(secret);

  const change = async (mutation: string) => {
    const answered = await ask(
      `mutation ($id: ID!) { done: ${mutation} { webhook { ${whole} } refusals { code } } }`,
      {
        id,
      },
    );
    expect(answered.codes).toBeUndefined();
    expect(answered.data.done.refusals).toEqual([]);
    return answered.data.done.webhook;
  };
  expect(await change('updateWebhook(input: { id: $id, filter: null })')).toMatchObject({
    description: 'For the warehouse.',
    filter: { systems: null, kinds: null, segments: null },
  });
  expect(await change('updateWebhook(input: { id: $id, description: null })')).toMatchObject({
    description: null,
  });
  expect(await change('pauseWebhook(id: $id)')).toMatchObject({ state: 'PAUSED' });
  expect(await change('enableWebhook(id: $id)')).toMatchObject({ state: 'ACTIVE' });
  expect(await change('rotateWebhookSecret(id: $id)')).toMatchObject({
    formerSecretUntil: expect.any(String),
  });
  expect(await change('removeWebhook(id: $id)')).toMatchObject({ id });
  expect((await ask('query ($id: ID!) { webhook(id: $id) { id } }', { id })).data).toEqual({ webhook: null });
  // Who did so is recorded, and no secret with it.
  const entries = await db.query<{ entry: AuditEntry }>('select entry from audit_pending order by id');
  expect(
    entries.map(({ entry }) => [entry.actor, entry.operation, entry.outcome, entry.receipt?.id]),
  ).toEqual([
    ['olga', 'registerWebhook', 'REGISTER', id],
    ['olga', 'updateWebhook', 'UPDATE', id],
    ['olga', 'updateWebhook', 'UPDATE', id],
    ['olga', 'pauseWebhook', 'PAUSE', id],
    ['olga', 'enableWebhook', 'ENABLE', id],
    ['olga', 'rotateWebhookSecret', 'ROTATE', id],
    ['olga', 'removeWebhook', 'REMOVE', id],
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/whsec_|http/);
});

test('endpoints are listed newest first, page by page', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.unshift((await registered({ url: `${receiver.url}/${i}` })).webhook.id);
  const query = `query ($after: String, $states: [WebhookState!]) {
    webhooks(first: 2, after: $after, states: $states) { edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { data, codes } = await ask(query, { after });
    expect(codes).toBeUndefined();
    seen.push(...data.webhooks.edges.map(({ node }) => node.id));
    const { hasNextPage, endCursor } = data.webhooks.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after !== null);
  expect(seen).toEqual(ids);
  expect((await ask(query, { states: ['PAUSED'] })).data.webhooks.edges).toEqual([]);
  expect((await ask(query, { after: 'nonsense' })).codes).toEqual(['INVALID_CURSOR']);
});

test('whoever lacks the scope may do nothing and sees nothing', async () => {
  const { webhook } = await registered({ url: `${receiver.url}/one` });
  const nobody: Principal = {
    subject: 'nina',
    scopes: new Set(['customer:read', 'customer:operate:writes']),
  };
  expect(codesOf(await register({ url: `${receiver.url}/two` }, nobody))).toEqual(['NOT_PERMITTED']);
  const { id } = webhook;
  for (const mutation of [
    ...[
      'pauseWebhook(id: $id)',
      'enableWebhook(id: $id)',
      'replayWebhook(id: $id, after: "x")',
      'removeWebhook(id: $id)',
    ],
    ...[
      'rotateWebhookSecret(id: $id)',
      'testWebhook(id: $id)',
      'updateWebhook(input: { id: $id, description: "x" })',
    ],
  ]) {
    const { data } = await ask(
      `mutation ($id: ID!) { done: ${mutation} { webhook { id } refusals { code } } }`,
      { id },
      nobody,
    );
    expect(data.done).toEqual({ webhook: null, refusals: [{ code: 'NOT_PERMITTED' }] });
  }
  for (const query of ['webhooks { edges { node { id } } }', 'webhook(id: $id) { id }']) {
    const { codes } = await ask(
      `query ($id: ID!) { ${query} ${query.includes('$id') ? '' : 'webhook(id: $id) { id }'} }`,
      { id },
      nobody,
    );
    expect(new Set(codes)).toEqual(new Set(['FORBIDDEN']));
  }
  expect(receiver.arrived).toEqual([]);
});

test('everything that is wrong with an endpoint is told at once, and nothing is registered', async () => {
  const answered = await register({
    url: 'ftp://example.org',
    description: 'x'.repeat(1001),
    filter: { attributes: ['shoeSize'] },
    after: 'nonsense',
  });
  expect(answered).toMatchObject({ webhook: null, secret: null });
  expect(codesOf(answered)).toEqual(['INVALID_URL', 'TOO_LARGE', 'INVALID_FILTER', 'INVALID_CURSOR']);
  expect(answered.refusals[2]?.message).toContain('creditLimit');
  const reader: Principal = {
    subject: 'rita',
    scopes: new Set(['customer:operate:webhooks', 'customer:read']),
  };
  const hidden = await register({ url: receiver.url, filter: { attributes: ['creditLimit'] } }, reader);
  expect(codesOf(hidden)).toEqual(['NOT_PERMITTED']);
  expect((await ask('{ webhooks { edges { node { id } } } }')).data.webhooks.edges).toEqual([]);
});

test('an address is registered once, so that a registration that is sent again makes no second endpoint', async () => {
  const { webhook } = await registered({ url: `${receiver.url}/one` });
  const again = await register({ url: `${receiver.url.toUpperCase().replace('HTTP', 'http')}/x/../one` });
  expect(codesOf(again)).toEqual(['DUPLICATE_URL']);
  expect(again.refusals[0]?.message).toContain(webhook.id);
  const other = (await registered({ url: `${receiver.url}/two` })).webhook;
  const { data } = await ask(
    'mutation ($input: UpdateWebhookInput!) { updateWebhook(input: $input) { refusals { code } } }',
    {
      input: { id: other.id, url: `${receiver.url}/one` },
    },
  );
  expect(codesOf(data.updateWebhook)).toEqual(['DUPLICATE_URL']);
});

test('there are no more endpoints than there may be', async () => {
  await db.query(
    `insert into events_webhook (id, entity, url, filter, registered_by, scopes, secrets, position)
     select gen_random_uuid(), 'Customer', 'http://x/' || n, '{}', 'x', '{}', '[]', 0 from generate_series(1, $1::int) n`,
    [endpointLimit],
  );
  await db.script(`update events_webhook set state = 'PAUSED'`);
  expect(codesOf(await register({ url: receiver.url }))).toEqual(['TOO_MANY_WEBHOOKS']);
});

test('an endpoint begins after a cursor where one is given', async () => {
  const told = await tell(db, {}, {}, {});
  const after = cursorAt(await logIn(db).head(), told[0] ?? '');
  const { webhook } = await registered({ url: `${receiver.url}/late`, after });
  const arrived = await receiver.first(2, '/late');
  expect(arrived.map(({ event }) => event.data.position)).toEqual(told.slice(1));
  const { data, codes } = await ask(
    'mutation ($id: ID!) { pauseWebhook(id: $id) { webhook { id } } }',
    webhook,
  );
  expect([data.pauseWebhook.webhook?.id, codes]).toEqual([webhook.id, undefined]);
});

test('a test is sent at once and told with its answer, and moves nothing', async () => {
  const { webhook } = await registered({ url: `${receiver.url}/test` });
  await ask('mutation ($id: ID!) { pauseWebhook(id: $id) { webhook { id } } }', webhook);
  const query = `mutation ($id: ID!) { testWebhook(id: $id) {
    webhook { id cursor deliveries { messageId position status problem took } }
    delivery { messageId position status problem } refusals { code } } }`;
  const { data, codes } = await ask(query, webhook);
  expect(codes).toBeUndefined();
  const [arrived] = await receiver.first(1, '/test');
  expect(arrived?.event.type).toBe('webhook.test');
  expect(data.testWebhook).toMatchObject({
    webhook: { cursor: webhook.cursor, deliveries: [{ messageId: arrived?.event.id, position: null }] },
    delivery: { messageId: arrived?.event.id, position: null, status: 204, problem: null },
    refusals: [],
  });
  const unknown = await ask(query, { id: 'no-such-id' });
  expect(unknown.data.testWebhook).toEqual({
    webhook: null,
    delivery: null,
    refusals: [{ code: 'UNKNOWN_WEBHOOK' }],
  });
});
