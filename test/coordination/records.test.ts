import { beforeAll, expect, test } from '@jest/globals';
import { v7 } from 'uuid';
import type { Boundary } from '../../coordination/drive.ts';
import { withStores } from '../support/store.ts';
import { ended } from './engine.ts';
import { make, openRecords, told } from './records-stage.ts';

const everywhere = [make('CRM'), make('ERP'), make('BILLING')];
const keysOf = (links: readonly string[]) => links.map((link) => link.split(' ')[1] ?? '');

withStores((open) => {
  let stage: Awaited<ReturnType<typeof openRecords>>;
  beforeAll(async () => {
    stage = await openRecords(open);
  });

  test('a customer is made in three systems under one id, told once, and known to every feed already', async () => {
    const made = await stage.carryOut(everywhere);
    expect(made).toMatchObject({ state: 'SUCCEEDED', steps: everywhere.map(() => ({ state: 'APPLIED' })) });
    const links = await stage.links(made.entityId);
    expect(links).toEqual(made.steps.map(({ system, key }) => `${system} ${key}`).sort());
    expect((await stage.history(keysOf(links))).map(({ kind }) => kind)).toEqual([
      'CREATE',
      'CREATE',
      'CREATE',
    ]);
    const changes = await stage.changes(made.entityId);
    expect(changes).toHaveLength(3);
    for (const { kind, cause } of changes)
      expect({ kind, cause: cause?.requestId }).toEqual({ kind: 'CREATED', cause: made.id });
    // What the CRM was told is a value of its own, what the billing system copies is none.
    expect(changes.find(({ system }) => system === 'CRM')?.attributes).toEqual(
      expect.arrayContaining(Object.keys(told.CRM)),
    );
    expect(changes.find(({ system }) => system === 'BILLING')?.attributes).not.toContain('name');
    await stage.follow();
    expect(await stage.links(made.entityId)).toEqual(links);
    expect(await stage.changes(made.entityId)).toEqual(changes);
  });

  test('a feed that tells of a record before its answer came makes the same customer of it', async () => {
    const id = v7();
    const faults = stage.sandboxes.get('ERP')?.faults;
    let [armed, followed] = [false, false];
    const made = await stage.carryOut(everywhere, id, async (boundary) => {
      if (followed || (await stage.links(id)).length !== 1) return;
      if (boundary === 'journalled') faults?.set([{ kind: 'lostAnswer', method: 'POST', times: 1 }]);
      armed ||= boundary === 'journalled';
      if (boundary !== 'called' || !armed) return;
      // The ERP has the record, and nobody has linked it yet.
      followed = true;
      await stage.follow();
      expect(await stage.links(id)).toHaveLength(2);
    });
    expect({ followed, state: made.state }).toEqual({ followed: true, state: 'SUCCEEDED' });
    expect(await stage.links(id)).toEqual(made.steps.map(({ system, key }) => `${system} ${key}`).sort());
    await stage.follow();
    const [count] = await stage.db.query<{ n: string }>(
      'select count(distinct customer_id) as n from identity_crosswalk where key = any($1)',
      [made.steps.map(({ key }) => key)],
    );
    expect(Number(count?.n)).toBe(1);
    expect((await stage.changes(id)).map(({ kind }) => kind)).toEqual(['CREATED', 'CREATED', 'CREATED']);
  });

  test('what is there already is left as it is', async () => {
    const first = await stage.carryOut([make('ERP')]);
    const again = await stage.carryOut([make('ERP', { ...told.ERP, name: 'Another' })], first.entityId);
    const [key] = keysOf(await stage.links(first.entityId));
    expect(again).toMatchObject({ state: 'SUCCEEDED', steps: [{ state: 'UNCHANGED', key }] });
    expect(await stage.history([key ?? ''])).toHaveLength(1);
  });

  test('where the last system refuses, what was made in the others is taken away, and a new try begins anew', async () => {
    const steps = [make('CRM'), make('ERP'), make('BILLING', { ...told.BILLING, billingCurrency: 'XXQ' })];
    const failed = await stage.carryOut(steps);
    expect(failed).toMatchObject({
      state: 'FAILED',
      steps: [{ state: 'COMPENSATED' }, { state: 'COMPENSATED' }, { state: 'FAILED' }],
    });
    expect(failed.steps[2]?.cause).toMatchObject({ code: 'INVALID_VALUE', attribute: 'billingCurrency' });
    expect(await stage.links(failed.entityId)).toEqual([]);
    const keys = failed.steps.flatMap(({ key }) => key ?? []);
    expect((await stage.history(keys)).map(({ kind }) => kind)).toEqual([
      'CREATE',
      'CREATE',
      'UPDATE',
      'DELETE',
    ]);
    await stage.follow();
    expect(await stage.links(failed.entityId)).toEqual([]);
    const kinds = (await stage.changes(failed.entityId)).map(({ kind, system }) => `${kind} ${system}`);
    expect(kinds).toEqual(['CREATED CRM', 'CREATED ERP', 'DELETED ERP', 'DELETED CRM']);
    const again = await stage.carryOut(everywhere, failed.entityId);
    expect(again.state).toBe('SUCCEEDED');
    expect(await stage.links(failed.entityId)).toHaveLength(3);
    expect(keys).not.toContain(again.steps[1]?.key);
  });

  test('all that the ERP misses of a new partner is told at once, and nothing is made', async () => {
    const failed = await stage.carryOut([make('ERP', { name: 'Acme' })]);
    expect(failed).toMatchObject({ state: 'FAILED', steps: [{ state: 'FAILED' }] });
    const cause = failed.steps[0]?.cause;
    const missing = [cause, ...(cause?.others ?? [])].map((one) => one?.attribute).sort();
    expect(missing).toEqual(['billingAddress', 'legalEntity', 'paymentTerms']);
    expect(await stage.links(failed.entityId)).toEqual([]);
  });

  test('a status that its last owner refuses is taken back in the others', async () => {
    const made = await stage.carryOut(everywhere);
    const invoice = { customer: made.steps[2]?.key, total: 500, status: 'open' };
    const billed = await stage.sandboxes
      .get('BILLING')
      ?.wire(
        { method: 'POST', path: '/v1/invoices', body: invoice },
        { correlationId: 'test', signal: new AbortController().signal },
      );
    expect(billed?.status).toBe(200);
    const write = (system: 'CRM' | 'ERP' | 'BILLING', changes: object) =>
      ({ system, kind: 'OWNER', changes: changes as Readonly<Record<string, unknown>> }) as const;
    const closing = await stage.carryOut(
      [
        write('CRM', { lifecycleStatus: 'CLOSED' }),
        write('ERP', { orderBlock: 'ORDERS_AND_DELIVERIES' }),
        write('BILLING', { collection: 'CLOSED' }),
      ],
      made.entityId,
    );
    expect(closing).toMatchObject({
      state: 'FAILED',
      steps: [
        { state: 'COMPENSATED' },
        { state: 'COMPENSATED' },
        { state: 'FAILED', cause: { attribute: 'collection' } },
      ],
    });
  });

  test('a record is withdrawn by a write of its own, but not one that has changed since', async () => {
    const made = await stage.carryOut([make('ERP')]);
    const [version, key] = [made.steps[0]?.versionAfter ?? '', made.steps[0]?.key];
    const away = { system: 'ERP', kind: 'WITHDRAW', changes: {} } as const;
    const stale = await stage.carryOut([{ ...away, expect: 'W/"0"' }], made.entityId);
    expect(stale).toMatchObject({ state: 'FAILED', steps: [{ cause: { code: 'VERSION_CONFLICT' } }] });
    const gone = await stage.carryOut([{ ...away, expect: version }], made.entityId);
    expect(gone).toMatchObject({
      state: 'SUCCEEDED',
      steps: [{ state: 'APPLIED', key, versionAfter: null }],
    });
    expect(await stage.links(made.entityId)).toEqual([]);
    const again = await stage.carryOut([away], made.entityId);
    expect(again).toMatchObject({ state: 'SUCCEEDED', steps: [{ state: 'UNCHANGED' }] });
    await stage.follow();
    const kinds = (await stage.changes(made.entityId)).map(({ kind }) => kind);
    expect(kinds).toEqual(['CREATED', 'DELETED']);
  });

  const made = { state: 'SUCCEEDED', links: 2, history: ['CREATE', 'CREATE'], told: ['CREATED', 'CREATED'] };
  const unmade = { state: 'FAILED', links: 0, history: ['CREATE', 'UPDATE'], told: ['CREATED', 'DELETED'] };
  // A call that may still arrive and make it again: it is not taken away, and a person has to know.
  const halfMade = { state: 'REVIEW', links: 1, history: ['CREATE'], told: ['CREATED'] };
  test.each([
    ['when all goes well', told.BILLING, made, ['SUCCEEDED']],
    ['when the last one refuses', { ...told.BILLING, billingCurrency: 'XXQ' }, unmade, ['FAILED', 'REVIEW']],
  ] as const)(
    'no record is made twice or forgotten by a process that ends at any boundary, %s',
    async (...course) => {
      const [, billing, end, states] = course;
      const steps = [make('ERP'), make('BILLING', billing)];
      const places: Boundary[] = [];
      await stage.carryOut(steps, v7(), (boundary) => void places.push(boundary));
      const seen = new Set<string>();
      for (let n = 0; n < places.length; n++) {
        let left = n;
        const write = await stage.carryOut(steps, v7(), () => {
          if (left-- === 0) throw ended;
        });
        const history = await stage.db.query<{ kind: string }>(
          `select kind from sandbox_history where wire_key like $1 || '.%' order by seq`,
          [write.id],
        );
        const half = end === unmade && write.steps[0]?.loose === true;
        expect({
          n,
          state: write.state,
          links: (await stage.links(write.entityId)).length,
          history: history.map(({ kind }) => kind),
          told: (await stage.changes(write.entityId)).map(({ kind }) => kind),
        }).toEqual({ n, ...(half ? halfMade : end) });
        seen.add(write.state);
      }
      expect([...seen].sort()).toEqual(states);
    },
  );
});
