import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from '@jest/globals';
import { busyWith } from '../../coordination/index.ts';
import { intakeOf, logIn, type Change } from '../../events/index.ts';
import type { WireRequest } from '../../subgraphs/wire.ts';
import { bothWays, type Answered } from './houses.ts';

const find = `query ($name: String!) { customers(first: 1, filter: {name: $name}) { edges { node { id
  records { system key } } } } }`;
const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  write { id state correlationId } refusals { code } } }`;

interface Found {
  readonly customers: { readonly edges: readonly { readonly node: Customer }[] };
}
interface Customer {
  readonly id: string;
  readonly records: readonly { readonly system: string; readonly key: string }[];
}

bothWays(
  (graph) => {
    let over = false;
    afterAll(() => {
      over = true;
    });

    const call = { correlationId: 'test', signal: new AbortController().signal };
    const directly = async (name: 'crm' | 'erp' | 'billing', request: WireRequest) => {
      const answer = await graph().sandbox(name).wire(request, call);
      expect(answer.status).toBeLessThan(300);
    };
    const partner = (key: string, body: object): WireRequest => ({
      method: 'PATCH',
      path: `/odata/v1/A_BusinessPartner/${key}`,
      headers: { 'if-match': '*' },
      body,
    });
    const customer = async (name: string) => {
      const { data } = (await graph().ask(find, { name })) as Answered & { data: unknown };
      const node = (data as unknown as Found).customers.edges[0]?.node;
      if (!node) throw new Error(`there is no customer ${name}`);
      const keyIn = (system: string) => node.records.find((one) => one.system === system)?.key ?? '';
      return { id: node.id, keyIn };
    };
    const changesOf = async (id: string): Promise<readonly Change[]> => {
      const all = await logIn(graph().store.db).after('0', 100_000);
      return all.filter(({ entityId }) => entityId === id);
    };
    /** What is told of a customer once so many changes are; the test's own time limit ends it. */
    const told = async (id: string, count: number): Promise<readonly Change[]> => {
      while (!over) {
        const found = await changesOf(id);
        if (found.length >= count) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error('the test is over');
    };
    const eventually = async (holds: () => Promise<boolean>): Promise<void> => {
      while (!over && !(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    /** All feeds are read at least once more from now on: a change that comes after this is told. */
    const passed = async (): Promise<void> => {
      const marker = await customer('Wolski  Zajazd');
      const before = (await changesOf(marker.id)).length;
      await directly('crm', {
        method: 'PATCH',
        path: `/services/data/v1/sobjects/Account/${marker.keyIn('CRM')}`,
        body: { Industry: randomUUID() },
      });
      await directly(
        'erp',
        partner(marker.keyIn('ERP'), { CreditLimit: String(before + 1), CreditLimitCurrency: 'EUR' }),
      );
      await directly('billing', {
        method: 'POST',
        path: `/v1/customers/${marker.keyIn('BILLING')}`,
        headers: { 'idempotency-key': randomUUID() },
        body: { provisioning_id: randomUUID() },
      });
      await told(marker.id, before + 3);
    };
    const write = async (customerId: string, changes: object) => {
      const { data, errors } = await graph().ask(update, {
        input: { customerId, idempotencyKey: randomUUID(), changes },
      });
      expect(errors).toEqual([]);
      const { updateCustomer } = data as unknown as {
        updateCustomer: { write: { id: string; state: string; correlationId: string }; refusals: unknown[] };
      };
      expect(updateCustomer).toMatchObject({ refusals: [], write: { state: 'SUCCEEDED' } });
      return { requestId: updateCustomer.write.id, correlationId: updateCustomer.write.correlationId };
    };
    const echoes = async (system: string): Promise<number> => {
      const text = await graph().metrics();
      return Number(
        new RegExp(`^events_echoes_dropped_total\\{system="${system}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0,
      );
    };

    test('what the sample brought is told to nobody', async () => {
      await passed();
      const marker = await customer('Wolski  Zajazd');
      const all = await logIn(graph().store.db).after('0', 1000);
      expect(all.filter(({ entityId }) => entityId !== marker.id)).toEqual([]);
    });

    test('a change made in the ERP itself is told once, as exactly what was changed', async () => {
      const { id, keyIn } = await customer('Berglunds snabbköp');
      await directly(
        'erp',
        partner(keyIn('ERP'), { CreditAccountIsBlocked: true, CreditCheckRule: 'STRICT' }),
      );
      const [change] = await told(id, 1);
      expect(change).toMatchObject({
        ...{ kind: 'UPDATED', system: 'ERP', key: keyIn('ERP'), entity: 'Customer', cause: null },
        attributes: ['creditStatus'],
      });
      await passed();
      expect(await changesOf(id)).toHaveLength(1);
    });

    test('a write through the graph is told once, as ours, and what the feeds say of it is dropped and counted', async () => {
      const { id, keyIn } = await customer('Bólido Comidas preparadas');
      const before = await echoes('ERP');
      const cause = await write(id, {
        segment: 'ENTERPRISE',
        creditStatus: 'WATCH',
        dunningState: 'REMINDED',
      });
      const found = await told(id, 3);
      await passed();
      expect(await changesOf(id)).toEqual(found);
      expect(found.map(({ system, attributes }) => [system, attributes]).sort()).toEqual([
        ['BILLING', ['dunningState']],
        ['CRM', ['segment']],
        ['ERP', ['creditStatus']],
      ]);
      for (const change of found)
        expect(change).toMatchObject({ kind: 'UPDATED', cause, key: keyIn(change.system) });
      expect(await echoes('ERP')).toBeGreaterThan(before);
    });

    test('another edit by the same hand is told, be it of the same attribute and right after', async () => {
      const { id, keyIn } = await customer('Chop-suey Chinese');
      const cause = await write(id, { creditStatus: 'NOT_CHECKED' });
      await directly(
        'erp',
        partner(keyIn('ERP'), { CreditAccountIsBlocked: true, CreditCheckRule: 'STRICT' }),
      );
      const found = await told(id, 2);
      await passed();
      expect(await changesOf(id)).toEqual(found);
      expect(found).toMatchObject([
        { attributes: ['creditStatus'], cause },
        { attributes: ['creditStatus'], cause: null, previousVersion: found[0]?.version },
      ]);
    });

    test('a copy is no change of the system that keeps it', async () => {
      const { id } = await customer('Familia Arquibaldo');
      const cause = await write(id, { name: 'Familia Arquibaldo e Filhos' });
      const found = await told(id, 1);
      await passed();
      expect(await changesOf(id)).toEqual(found);
      expect(found).toMatchObject([{ system: 'CRM', attributes: ['name'], cause }]);
    });

    test('writes and edits of others that meet on one record are told each as whose they are', async () => {
      const names = [
        'Around the Horn',
        'Blauer See Delikatessen',
        'Ernst Handel',
        'Drachenblut Delikatessen',
      ];
      const all = await Promise.all(names.map(customer));
      const states = ['BLOCKED', 'WATCH', 'APPROVED', 'NOT_CHECKED'];
      // Ours is the one attribute, others' the other: whoever is told of the wrong one, shows.
      await Promise.all(
        all.map(async ({ id, keyIn }, n) => {
          const ours = async () => {
            for (let round = 0; round < 12; round++)
              await write(id, { creditStatus: states[(round + n) % states.length] });
          };
          const others = async () => {
            for (let round = 0; round < 12; round++) {
              const limit = { CreditLimit: `${n}${round}.00`, CreditLimitCurrency: 'EUR' };
              await directly('erp', partner(keyIn('ERP'), limit));
              await new Promise((resolve) => setTimeout(resolve, 5 * ((round * 7) % 11)));
            }
          };
          await Promise.all([ours(), others()]);
        }),
      );
      const { db, fingerprint } = graph().store;
      const last = fingerprint('creditLimit', { amount: '311.00', currency: 'EUR' });
      for (const { id, keyIn } of all) {
        const [history] = await db.query<{ own: number; others: number }>(
          `select count(wire_key)::int as own, count(*)::int - count(wire_key)::int as others
           from sandbox_history where entity = 'erp_business_partner' and key = $1`,
          [keyIn('ERP')],
        );
        const mine = async () => (await changesOf(id)).filter(({ cause }) => cause !== null);
        await eventually(async () => (await mine()).length >= (history?.own ?? 0));
        await eventually(async () => (await db.query('select from events_inbox limit 1')).length === 0);
        await passed();
        const changes = await changesOf(id);
        const told = changes.map(
          ({ cause, attributes }) => `${cause ? 'ours' : 'theirs'} ${attributes.join()}`,
        );
        expect(new Set(told)).toEqual(new Set(['ours creditStatus', 'theirs creditLimit']));
        expect(await mine()).toHaveLength(history?.own ?? 0);
        expect(new Set((await mine()).map(({ cause }) => cause?.requestId)).size).toBe(history?.own);
        expect(changes.length - (history?.own ?? 0)).toBeLessThanOrEqual(history?.others ?? 0);
      }
      const [seen] = await db.query<{ print: string }>(
        `select fingerprints ->> 'creditLimit' as print from events_seen where system = 'ERP' and key = $1`,
        [all[3]?.keyIn('ERP')],
      );
      expect(seen?.print).toBe(last);
    });

    test('what is seen of a record that a write may be changing is put off, and of others it is not', async () => {
      const { db } = graph().store;
      const [mine, other] = [randomUUID(), randomUUID()];
      const held = `insert into coordination_write (id, queue, number, head, state, lane, epoch, worker, systems,
        idempotency_key, body_hash, request) values (gen_random_uuid(), $1, 1, true, $2, 'BULK', 1, $3, $4, $1, '', '{}')`;
      const seen = (id: string, key: string) => ({
        ...{ key, customerId: id, known: true, version: '1', facts: {} },
        fingerprints: {},
        touched: ['contacts'],
      });
      await db
        .transaction(async (tx) => {
          await tx.query(held, [mine, 'RUNNING', randomUUID(), ['CRM']]);
          await tx.query(held, [`${other}/ERP`, 'RUNNING', randomUUID(), ['ERP']]);
          const intake = intakeOf({ entity: 'Customer', busy: busyWith });
          for (const system of ['CRM', 'ERP'] as const)
            await intake(tx, {
              ...{ system, source: 'FEED', since: '0' },
              changes: [seen(mine, `mine in ${system}`), seen(other, `other in ${system}`)],
            });
          const hints = await tx.query(
            'select key, source, touched from events_inbox where key like $1 or key like $2 order by key',
            ['mine in %', 'other in %'],
          );
          expect(hints).toEqual([
            { key: 'mine in CRM', source: 'SWEEP', touched: ['contacts'] },
            { key: 'other in ERP', source: 'SWEEP', touched: ['contacts'] },
          ]);
          const drafts = await tx.query(
            `select draft ->> 'key' as key from events_outbox where draft ->> 'key' like '% in %' order by 1`,
          );
          expect(drafts).toEqual([{ key: 'mine in ERP' }, { key: 'other in CRM' }]);
          throw undone;
        })
        .catch((error: unknown) => {
          if (error !== undone) throw error;
        });
    });
  },
  { REQUEST_TIMEOUT_MS: '30000' },
);

const undone = new Error('only to look');
