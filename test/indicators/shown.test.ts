import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildSchema, isObjectType } from 'graphql';
import { indicators } from '../../coordination/indicators/indicators.ts';
import { group } from '../workflows/accounts.ts';
import { openGraph, until, type Graph } from '../workflows/house.ts';

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph();
});
afterAll(() => graph.close());

interface Told {
  readonly asOf: string;
  readonly customersPendingErpCreation: number;
  readonly taxProfileUpdatesFailed: number;
  readonly workItemsOpen: readonly { readonly kind: string; readonly age: string; readonly count: number }[];
  readonly duplicatesAvoided: { readonly byMatcher: number; readonly byPerson: number };
  readonly creationToBillable: {
    readonly buckets: readonly { readonly upTo: number | null; readonly count: number }[];
    readonly count: number;
    readonly sum: number;
  };
  readonly oldestPendingWrites: readonly { readonly system: string; readonly seconds: number }[];
  readonly driftFound: readonly {
    readonly system: string;
    readonly attribute: string;
    readonly found: number;
  }[];
  readonly writesSettled: {
    readonly firstAttempt: number;
    readonly laterAttempt: number;
    readonly notConfirmed: number;
    readonly firstAttemptShare: number | null;
  };
}

const query = `query { indicators { asOf customersPendingErpCreation taxProfileUpdatesFailed
  workItemsOpen { kind age count } duplicatesAvoided { byMatcher byPerson }
  creationToBillable { buckets { upTo count } count sum } oldestPendingWrites { system seconds } driftFound { system attribute found }
  writesSettled { firstAttempt laterAttempt notConfirmed firstAttemptShare } } }`;
const told = async () => (await graph.ask(query)).indicators as Told;

/** Once it has been counted anew, however often it has to be asked for that. */
const counted = (holds: (figures: Told) => boolean) =>
  until(async () => {
    const figures = await told();
    return holds(figures) ? figures : null;
  });

/** What the graph tells, in the lines in which Prometheus has it. */
function linesOf(figures: Told): readonly string[] {
  const { byMatcher, byPerson } = figures.duplicatesAvoided;
  const { buckets, count, sum } = figures.creationToBillable;
  const { firstAttempt, laterAttempt, notConfirmed } = figures.writesSettled;
  const billable = 'customer_creation_to_billable_seconds';
  return [
    `customers_pending_erp_creation ${figures.customersPendingErpCreation}`,
    `tax_profile_updates_failed_total ${figures.taxProfileUpdatesFailed}`,
    ...figures.workItemsOpen.map(
      (one) => `work_items_open{kind="${one.kind}",age="${one.age}"} ${one.count}`,
    ),
    `duplicates_avoided_total{kind="MATCHER"} ${byMatcher}`,
    `duplicates_avoided_total{kind="PERSON"} ${byPerson}`,
    ...buckets.map((one) => `${billable}_bucket{le="${one.upTo ?? '+Inf'}"} ${one.count}`),
    `${billable}_sum ${sum}`,
    `${billable}_count ${count}`,
    ...figures.oldestPendingWrites.map(
      (one) => `write_oldest_pending_seconds{system="${one.system}"} ${one.seconds}`,
    ),
    ...figures.driftFound.map(
      (one) => `drift_found_total{system="${one.system}",attribute="${one.attribute}"} ${one.found}`,
    ),
    `writes_settled_total{outcome="FIRST_ATTEMPT"} ${firstAttempt}`,
    `writes_settled_total{outcome="LATER_ATTEMPT"} ${laterAttempt}`,
    `writes_settled_total{outcome="NOT_CONFIRMED"} ${notConfirmed}`,
  ];
}

/** The samples of all indicators among the metrics. */
function samplesIn(text: string): readonly string[] {
  const names = indicators.map(({ metric }) => metric).join('|');
  return text.split('\n').filter((line) => new RegExp(`^(${names})(_bucket|_sum|_count)?[{ ]`).test(line));
}

test('the graph and the metrics tell the same of the same state, whatever there is to tell', async () => {
  const erp = graph.house.sandboxes.find(({ name }) => name === 'erp');
  const head = await graph.account(group[0] ?? {});
  await graph.account({ ...group[1], ParentId: head });
  await counted(({ creationToBillable }) => creationToBillable.count === 2);
  // Somebody edits a copy by hand.
  const [payer] = await graph.store.db.query<{ key: string }>(
    `select key from identity_crosswalk where system = 'BILLING' limit 1`,
  );
  const path = `/v1/customers/${payer?.key}`;
  await graph.system('billing', { method: 'POST', path, headers: {}, body: { name: 'By hand' } });
  // The same once more, by request: the matcher is sure, and nothing is made.
  const again = {
    idempotencyKey: randomUUID(),
    country: 'DE',
    attributes: {
      name: 'Aurelia Instruments Holding AG',
      billingAddress: { lines: ['Hafenstrasse 12'], city: 'Hamburg', postalCode: '20457', country: 'DE' },
      taxRegistrations: [{ country: 'DE', kind: 'VAT', number: 'DE136695976' }],
    },
  };
  const onboard = `mutation ($input: OnboardCustomerInput!) { onboardCustomer(input: $input) {
    workflow { id } refusals { code message } } }`;
  expect(await graph.ask(onboard, { input: again })).toMatchObject({ onboardCustomer: { refusals: [] } });
  // And one that waits for the ERP, and one that waits for a person.
  erp?.faults.set([{ kind: 'unavailable', retryAfter: 0 }]);
  await graph.account({ ...group[2], ParentId: head });
  await graph.account({ Name: 'Nobody Knows Where' });
  const figures = await counted(
    ({ customersPendingErpCreation, workItemsOpen, oldestPendingWrites, duplicatesAvoided, driftFound }) =>
      customersPendingErpCreation === 2 &&
      workItemsOpen.length > 1 &&
      driftFound.length > 0 &&
      // The CRM has what it was given.
      oldestPendingWrites.map(({ system }) => system).join() === 'ERP' &&
      duplicatesAvoided.byMatcher + duplicatesAvoided.byPerson > 0,
  );
  expect(figures).toMatchObject({
    taxProfileUpdatesFailed: 0,
    workItemsOpen: [
      { kind: 'ONBOARDING_QUESTION', age: 'UNDER_A_DAY', count: 1 },
      { kind: 'OWNERSHIP_VIOLATION', age: 'UNDER_A_DAY', count: 1 },
    ],
    driftFound: [{ system: 'BILLING', attribute: 'name', found: 1 }],
    duplicatesAvoided: { byMatcher: 1, byPerson: 0 },
    oldestPendingWrites: [{ system: 'ERP' }],
  });
  const { firstAttempt, laterAttempt, notConfirmed, firstAttemptShare } = figures.writesSettled;
  expect(firstAttempt).toBeGreaterThan(0);
  expect(firstAttemptShare).toBe(firstAttempt / (firstAttempt + laterAttempt + notConfirmed));

  await until(async () => {
    const before = await told();
    const text = await graph.metrics();
    // All three are of one counting.
    if ((await told()).asOf !== before.asOf) return false;
    expect(samplesIn(text).toSorted()).toEqual(linesOf(before).toSorted());
    return true;
  });
  erp?.faults.set([]);
});

test('the time until a customer can be billed is what the journal says', async () => {
  const [billable, seconds] = await until(async () => {
    const { creationToBillable } = await told();
    const rows = await graph.store.db.query<{ seconds: number }>(
      `select extract(epoch from w.settled_at - f.started_at)::float8 as seconds
       from coordination_workflow f join coordination_write w on w.idempotency_key = f.id || ':BILLING_ACCOUNT:0'
       where w.state = 'SUCCEEDED'`,
    );
    // One more may have come to its end since it was counted.
    return creationToBillable.count === rows.length
      ? ([creationToBillable, rows.map((row) => row.seconds)] as const)
      : false;
  });
  expect(seconds.length).toBeGreaterThanOrEqual(2);
  expect(billable.sum).toBeCloseTo(
    seconds.reduce((sum, one) => sum + one, 0),
    3,
  );
  for (const { upTo, count } of billable.buckets)
    expect(count).toBe(seconds.filter((one) => one <= (upTo ?? Infinity)).length);
});

test('whoever lacks the scope is told nothing', async () => {
  const response = await fetch(`${graph.house.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-principal': 'somebody',
      'x-scopes': 'customer:read customer:steward',
    },
    body: JSON.stringify({ query: 'query { indicators { customersPendingErpCreation } }' }),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors: readonly object[] };
  expect(data ?? null).toBeNull();
  expect(errors).toMatchObject([{ path: ['indicators'] }]);
});

test('each figure has one definition, by which the contract, the metrics and the page describe it', async () => {
  const api = buildSchema(await readFile('schema/generated/api.graphql', 'utf8'), { assumeValidSDL: true });
  const type = api.getType('Indicators');
  if (!isObjectType(type)) throw new Error('the contract has indicators');
  const fields = Object.values(type.getFields()).filter(({ name }) => name !== 'asOf');
  expect(Object.fromEntries(fields.map((one) => [one.name, one.description]))).toEqual(
    Object.fromEntries(indicators.map((one) => [one.field, one.about])),
  );
  const text = await graph.metrics();
  for (const { metric, about, kind } of indicators) {
    expect(text).toContain(`# HELP ${metric} ${about}\n# TYPE ${metric} ${kind}\n`);
  }
  const page = await readFile('docs/indicators.md', 'utf8');
  const table = [...page.matchAll(/^\| `(.*?)` *\| `(.*?)` *\| (.*?) *\| (.*?) *\|$/gm)].map(
    ([, ...cells]) => cells,
  );
  expect(table).toEqual(
    indicators.map(({ field, metric, labels, kind, unit, about, counted: how }) => [
      field,
      labels.length > 0 ? `${metric}{${labels.join(',')}}` : metric,
      `${kind}, ${unit}`,
      `${about} ${how}`,
    ]),
  );
});
