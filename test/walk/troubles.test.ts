import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runWrite } from '../../coordination/bulk/run.ts';
import { logIn } from '../../events/index.ts';
import { openHouse, type House } from '../../house.ts';
import { readConfig } from '../../runtime/config.ts';
import { openDb } from '../../runtime/db/index.ts';
import { newSealKey } from '../../runtime/seal.ts';
import { createLogger } from '../../runtime/telemetry.ts';
import { importFile } from '../../subgraphs/import/run.ts';
import type { FaultOrder } from '../../subgraphs/sandbox/faults.ts';
import { seedNorthwind } from '../../subgraphs/seed/northwind.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';
import { canaries } from '../erasure/subject.ts';
import { placesOf, wordsIn } from '../erasure/search.ts';
import { openReceiver } from '../events/webhooks/receiver.ts';
import { terminal } from '../seed/terminal.ts';
import { until } from '../workflows/house.ts';

const folder = mkdtempSync(join(tmpdir(), 'troubles-'));
const words = canaries();
const logged: string[] = [];
let store: Store;
let house: House;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let [one, other] = ['', ''];

beforeAll(async () => {
  store = await prepared(await openDb({}));
  await seedNorthwind({ ...store, progress: () => undefined });
  const config = readConfig({
    ...{ NODE_ENV: 'test', AUTHENTICATION: 'development', PORT: '0', SANDBOX_PORT: 'off' },
    ...{ FEED_INTERVAL_MS: '50', BREAKER_OPEN_MS: '50', AUDIT_KEY: newSealKey() },
    WEBHOOK_ALLOW_PRIVATE: 'on',
  });
  const logger = createLogger({ level: 'trace', json: true, write: (line) => logged.push(line) });
  house = await openHouse(config, store, logger);
  const { edges } = await store.identity.search({ first: 2 });
  [one = '', other = ''] = edges.map(({ node }) => node.id);
  receiver = await openReceiver();
  await ask('mutation ($url: String!) { registerWebhook(input: { url: $url }) { refusals { code } } }', {
    url: receiver.url,
  });
});
afterAll(async () => {
  await house.stop();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

/** The first field of an answer without errors. */
async function ask<T>(query: string, variables: object = {}, principal = 'ann'): Promise<T> {
  const response = await fetch(`${house.url}/graphql`, {
    ...{
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-principal': principal, 'x-scopes': '*' },
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Record<string, T>; errors?: unknown };
  expect(errors).toBeUndefined();
  return Object.values(data)[0] as T;
}

interface Written {
  readonly id: string;
  readonly state: string;
  readonly receipts: readonly {
    readonly outcome: string;
    readonly cause: { readonly message: string } | null;
  }[];
}

const inSystem = (system: string, ...faults: FaultOrder[]) =>
  house.sandboxes.find(({ name }) => name === system)?.faults.set(faults);

/** Asks for a change; the id of the write, which a second person has agreed to where one must. */
async function asked(customerId: string, changes: object): Promise<string> {
  const input = { customerId, changes, idempotencyKey: `ask ${customerId}`, wait: 'ACCEPTED' };
  const { write } = await ask<{ write: { id: string } }>(
    'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { write { id } } }',
    { input },
  );
  await ask('mutation ($id: ID!) { approveWrite(id: $id) { refusals { code } } }', { id: write.id }, 'bob');
  return write.id;
}

/** The write once it stands so. */
const standing = (id: string, state: string) =>
  until(async () => {
    // No pause need be waited for.
    await store.db.query(
      'update coordination_write set due = clock_timestamp() where id = $1 and worker is null',
      [id],
    );
    const write = await ask<Written>(
      'query ($id: ID!) { customerWrite(id: $id) { id state receipts { outcome cause { message } } } }',
      { id },
    );
    return write.state === state && write;
  });

const metrics = async () => (await fetch(`${house.url}/metrics`)).text();

test('what ends as a dead letter and is redriven, is refused by a bulk run or an import, or waits for a steward, is in no log, metric, event, webhook, audit or queue', async () => {
  const { position } = await logIn(store.db).head();

  // A dead letter: nothing that is sent arrives in time, until it is redriven.
  inSystem('crm', { kind: 'lateEffect', delay: 600_000, method: 'PATCH' });
  const letter = await asked(one, { industry: words.word('a dead letter') });
  const dead = await standing(letter, 'REVIEW');
  expect(await ask('mutation { redriveDeadLetters(dryRun: true) { count } }')).toEqual({ count: 1 });
  expect(wordsIn(JSON.stringify(dead), words.all)).toEqual([]);
  const waiting = [...(await placesOf(store.db, words))];
  inSystem('crm');
  expect(await ask('mutation { redriveDeadLetters { count } }')).toEqual({ count: 1 });
  await standing(letter, 'SUCCEEDED');

  // A work item, and what was decided of it.
  inSystem('erp', { kind: 'staleVersion' });
  const conflict = await asked(other, {
    legalEntity: { registeredName: words.word('a work item'), country: 'DE' },
  });
  await standing(conflict, 'REVIEW');
  const item = await until(async () => {
    const { edges } = await ask<{ edges: readonly { node: { id: string; state: string } }[] }>(
      'query ($id: ID!) { workItems(filter: { customerIds: [$id] }) { edges { node { id state } } } }',
      { id: other },
    );
    return edges[0]?.node;
  });
  waiting.push(...(await placesOf(store.db, words)));
  const meanwhile = await metrics();
  expect(meanwhile).toMatch(/^work_items_open/m);
  inSystem('erp');
  const decided = {
    id: item.id,
    decision: 'RETRY',
    reason: 'the conflict is over',
    idempotencyKey: 'decided',
  };
  expect(
    await ask(
      'mutation ($input: DecideWorkItemInput!) { decideWorkItem(input: $input) { refusals { code } } }',
      {
        input: decided,
      },
    ),
  ).toEqual({ refusals: [] });
  await standing(conflict, 'SUCCEEDED');

  // Lines that a bulk run refuses before it sends them, and that the graph refuses.
  const lines = join(folder, 'lines.ndjson');
  const bad = [
    { customerId: one, changes: { segment: words.word('a line with a word that is none') } },
    { customerId: one, changes: { website: words.word('a line with no address') } },
    { system: 'CRM', key: words.word('a line of nobody'), changes: { employees: 2 } },
  ];
  writeFileSync(
    lines,
    `${bad.map((line) => JSON.stringify(line)).join('\n')}\n{"${words.word('a line that is none')}\n`,
  );
  const bulk = terminal();
  const rejects = join(folder, 'rejects');
  expect(await runWrite(['--file', lines, '--url', `${house.url}/graphql`, '--rejects', rejects], bulk)).toBe(
    2,
  );
  expect(bulk.written.out).toContain('4 lines: 0 accepted, 4 refused.');

  // A row that an import refuses.
  const csv = join(folder, 'rows.csv');
  const row = (number: string, place: string) =>
    `${number},${words.word(`${place}: name`)},${words.word(`${place}: count`)}`;
  writeFileSync(csv, `AccountNumber,Name,Employees\n${row('A-1', 'a row')}\n${row('', 'a row of nobody')}\n`);
  const importing = terminal();
  const order = {
    file: csv,
    encoding: 'utf-8',
    lines: 3,
    mapping: new Map(),
    rejects: `${rejects}.csv`,
    dryRun: false,
  };
  expect(await importFile(order, { store, ...importing })).toBe(2);

  // Whoever gave a file is told of it in its own words, and is given back what was refused: nobody else is.
  const given = wordsIn(readFileSync(rejects, 'utf8') + readFileSync(`${rejects}.csv`, 'utf8'), words.all);
  expect([...given].sort()).toEqual([...words.all.keys()].filter((place) => /line|row/.test(place)).sort());

  await until(async () => {
    const [row] = await store.db.query<{ left: string }>(
      `select (select count(*) from events_outbox) + (select count(*) from events_inbox)
         + (select count(*) from audit_pending) as left`,
    );
    return row?.left === '0' && (await logIn(store.db).head()).position !== position;
  });
  const told = await logIn(store.db).head();
  await until(() => Promise.resolve(receiver.arrived.at(-1)?.event.data.position === told.position));

  const outside = {
    log: logged.join(''),
    metrics: meanwhile + (await metrics()),
    webhooks: receiver.arrived.map(({ body, headers }) => body + JSON.stringify(headers)).join(''),
  };
  expect(outside.log).toContain('"correlationId"');
  for (const [place, text] of Object.entries(outside))
    expect([place, wordsIn(text, words.all)]).toEqual([place, []]);

  // That they would be found is seen where they are at last: the system has what was written, and the register.
  const places = await placesOf(store.db, words);
  expect(places).toEqual(
    expect.arrayContaining(['crm_account: a dead letter', 'erp_business_partner: a work item']),
  );
  const ours = [...waiting, ...places].filter(
    (place) => !/^(crm|erp|billing|sandbox)_|^identity_(customer|facts):/.test(place),
  );
  expect(ours).toEqual([]);
}, 120_000);
