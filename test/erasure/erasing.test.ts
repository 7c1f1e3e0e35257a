import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { judge } from '../../audit/judge.ts';
import { logIn } from '../../events/index.ts';
import { verifyLog } from '../../events/verify.ts';
import { withStores } from '../support/store.ts';
import { openGraph, until, type Graph } from '../workflows/house.ts';
import { placesOf } from './search.ts';
import {
  ann,
  answer,
  canaries,
  close,
  customerWith,
  ended,
  erase,
  keysOf,
  mergedInto,
  shown,
  taxId,
  waiting,
} from './subject.ts';

withStores((open) => {
  let graph: Graph;
  const words = canaries();
  let [id, other] = ['', ''];
  beforeAll(async () => {
    graph = await openGraph({}, open);
    id = await customerWith(graph, words);
    other = await mergedInto(graph, id, words);
  }, 120_000);
  afterAll(() => graph.close());

  const query = `query ($id: ID!) { customer(id: $id) { id name } customers(first: 10) { totalCount }
    customerWorkflows(filter: { customerIds: [$id] }) { edges { node { kind state question { kind } timeline { message } } } }
    customerWrites(filter: { customerIds: [$id] }) { edges { node { state receipts { attribute owner outcome } } } } }`;

  test('it is refused for a customer in business, unless it was meant, and without a second person', async () => {
    expect(await erase(graph, id)).toMatchObject({
      ...{ workflow: null, refusals: [{ code: 'GUARD_FAILED', attribute: 'lifecycleStatus' }] },
    });
    await close(graph, id);
    expect(await erase(graph, id, { confirm: 'somebody else' })).toMatchObject({
      ...{ workflow: null, refusals: [{ code: 'NOT_CONFIRMED' }] },
    });
    const flow = await waiting(graph, other);
    expect(flow).toMatchObject({ stage: 'APPROVAL', customer: { id } });
    expect(await answer(graph, flow.id, true, ann)).toMatchObject({ refusals: [{ code: 'SAME_PERSON' }] });
    expect(await answer(graph, flow.id, false)).toMatchObject({ refusals: [] });
    expect(await ended(graph, flow.id)).toMatchObject({
      state: 'FAILED',
      ending: { code: 'DECLINED' },
    });
  });

  test('forty values, and more, are in no table once the customer is erased, and the logs are whole', async () => {
    const { db } = graph.store;
    expect(words.all.size).toBeGreaterThanOrEqual(40);
    // As a server does by itself, and the house after a large import.
    await db.query('analyze');
    const before = await placesOf(db, words);
    expect(before).toContain('pg_stats: second write: name');
    // That each would be found is seen where it was.
    for (const place of words.all.keys())
      expect(before).toContainEqual(
        expect.stringMatching(new RegExp(`^(crm|erp|billing|sandbox)_.*: ${place}$`)),
      );
    // The journal has nothing that can be read without the secret of the customer.
    expect(before.filter((place) => place.startsWith('coordination_'))).toEqual([]);
    const keys = await keysOf(graph, id);
    const count = async () =>
      ((await graph.ask(query, { id })).customers as { totalCount: number }).totalCount;
    const customers = await count();
    const { position } = await logIn(db).head();

    const { id: workflow } = await waiting(graph, id, { idempotencyKey: 'again' });
    await answer(graph, workflow, true);
    const flow = await ended(graph, workflow);
    expect(flow).toMatchObject({ state: 'SUCCEEDED', customer: null });
    expect(flow.timeline.flatMap(({ event, message }) => (event === 'ERASED' ? [message] : []))).toEqual([
      'BILLING has erased it.',
      'ERP has erased it.',
      'CRM has erased it.',
      expect.stringContaining('The graph has forgotten it'),
    ]);
    await told(position);

    expect(await placesOf(db, words)).toEqual([]);
    const secrets = await db.query('select secret from coordination_key where entity_id = any($1)', [
      [id, other],
    ]);
    expect(secrets).toEqual([{ secret: null }, { secret: null }]);
    // Whoever guesses a value cannot find out by a hash of what was asked for that it was right.
    const hashes = await db.query(
      `select from coordination_write w join unnest($1::text[]) one (id) on starts_with(w.queue, one.id)
       where w.body_hash <> '' or w.request ->> 'planHash' <> ''`,
      [[id, other]],
    );
    expect(hashes).toEqual([]);
    // What tax law has the ERP keep is in its own tables, and in the store's samples of these.
    const kept = await placesOf(db, { all: new Map([['tax id', taxId.slice(2)]]), word: () => '' });
    expect(kept).toEqual(['erp_business_partner: tax id', 'pg_stats: tax id', 'sandbox_history: tax id']);
    expect(await verifyLog(db)).toMatchObject({ fault: null });
    const audit = await judge(db, { keys: null, file: undefined, patience: 300_000, age: null });
    expect(audit.findings.fault).toBeNull();

    const answered = await graph.ask(query, { id });
    expect(answered.customer).toBeNull();
    expect(await graph.ask(query, { id: other })).toMatchObject({ customer: null });
    expect(await count()).toBe(customers - 1);
    expect(
      (await logIn(db).after(position, 1000))
        .filter(({ entityId }) => [id, other].includes(entityId))
        .map(({ kind, system, entityId }) => `${kind} ${system} ${entityId === id ? 'survivor' : 'other'}`),
    ).toEqual([
      ...['DELETED BILLING survivor', 'DELETED ERP survivor', 'DELETED CRM survivor'],
      ...['ERASED IDENTITY survivor', 'ERASED IDENTITY other'],
    ]);
    // Receipts still say what became of which attribute, and when.
    const { edges } = answered.customerWrites as {
      edges: readonly { node: { receipts: readonly object[] } }[];
    };
    const receipts = edges.flatMap(({ node }) => node.receipts);
    expect(receipts).toContainEqual(
      expect.objectContaining({ attribute: 'bankAccount', outcome: 'APPLIED' }),
    );
    expect(receipts.length).toBeGreaterThan(10);
    expect(await erase(graph, id, { idempotencyKey: 'again' })).toMatchObject({ replayed: true });
    expect(await erase(graph, id, { idempotencyKey: `erase ${other}` })).toMatchObject({
      refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
    expect(await erase(graph, id, { idempotencyKey: 'anew' })).toMatchObject({
      refusals: [{ code: 'UNKNOWN_CUSTOMER' }],
    });
    expect((await shown(graph, flow.id)).timeline).toEqual(flow.timeline);

    // No feed, read from its beginning, brings it back.
    await db.query('update identity_feed set cursor = null, caught_up = false');
    await until(async () => {
      const [row] = await db.query<{ done: boolean }>(
        'select bool_and(caught_up) as done from identity_feed',
      );
      return row?.done === true;
    });
    expect(await count()).toBe(customers - 1);
    expect(await keysOf(graph, id)).toEqual({});
    expect(Object.keys(keys).sort()).toEqual(['BILLING', 'CRM', 'ERP']);
    expect(await placesOf(db, words)).toEqual([]);
  }, 120_000);

  /** What was done is told. */
  async function told(position: string): Promise<void> {
    await until(async () =>
      (await logIn(graph.store.db).after(position, 1000)).some(
        ({ kind, entityId }) => kind === 'ERASED' && entityId === other,
      ),
    );
  }
});
