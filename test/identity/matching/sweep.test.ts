import { expect, test } from '@jest/globals';
import { fillBlocks } from '../../../identity/matching/fill.ts';
import { sweepOf, type SweepOptions } from '../../../identity/matching/sweep.ts';
import { pairName } from '../../../identity/matching/verdicts.ts';
import { walkBlocks, type Found, type Walked } from '../../../identity/matching/walk.ts';
import type { Db, Queryable } from '../../../runtime/db/index.ts';
import { withStores } from '../../support/store.ts';
import { customer, merge, openRegister } from '../support.ts';

const never = new AbortController().signal;

/** Goes on until the sweep is over; gives its last word. */
async function swept(options: SweepOptions) {
  const sweep = sweepOf(options);
  for (;;) {
    const step = await sweep.step();
    if (step.state !== 'GOING_ON') return step;
  }
}

const nobody = { ask: () => Promise.resolve(), withdraw: () => Promise.resolve() };

const findings = (db: Db) =>
  db.query<{ lower: string; higher: string; verdict: string }>(
    'select lower, higher, verdict from identity_duplicate order by lower, higher',
  );

withStores((open) => {
  /** Twenty customers, the first three of which are one. */
  const populated = async () => {
    const register = await openRegister(open);
    await register.db.script('update identity_sweep set running = false, held_by = null, ended_at = null');
    const facts = (n: number) => ({
      name:
        n < 3
          ? ['Blauer See Delikatessen', 'Blauer-See Delikatessen GmbH', 'BLAUER SEE DELIKATESEN'][n]
          : `Unlike ${n}${n}`,
      country: 'DE',
      taxIds: n < 2 ? ['DE123456789'] : [],
      addresses: [
        n < 3 ? { street: 'Forsterstr. 57', postalCode: '68306', city: 'Mannheim' } : { city: `Town ${n}` },
      ],
      phones: n < 3 ? ['0621-08460'] : [],
    });
    const ids = await register.identity.register.enrol(
      Array.from({ length: 20 }, (_, n) => customer(n, facts(n))),
    );
    const [a = '', b = '', c = ''] = ids.slice(0, 3).toSorted();
    return {
      ...register,
      ids,
      pairs: [
        [a, b],
        [a, c],
        [b, c],
      ].map(([lower, higher]) => ({ lower, higher })),
    };
  };
  const bare = (found: readonly { lower: string; higher: string }[]) =>
    found.map(({ lower, higher }) => ({ lower, higher }));

  test('a sweep finds each pair once, however small its steps are, and raises what it notes', async () => {
    const { db, pairs } = await populated();
    for (const most of [51, 1000]) {
      const raised: Found[] = [];
      const queue = {
        ...nobody,
        ask: (_: unknown, found: Found) => Promise.resolve(void raised.push(found)),
      };
      expect(await swept({ db, interval: 0, queue, most })).toMatchObject({ state: 'ENDED' });
      expect(bare(await findings(db))).toEqual(pairs);
      expect(bare(raised).toSorted((x, y) => (x.lower + x.higher < y.lower + y.higher ? -1 : 1))).toEqual(
        pairs,
      );
    }
  });

  test('a block is compared whole, wherever a step ends', async () => {
    const { db, identity } = await openRegister(open);
    // Each three have a tax id in common, and nothing else by which they would meet a second time.
    await identity.register.enrol(
      Array.from({ length: 30 }, (_, n) => customer(n, { taxIds: [`DE10000${Math.floor(n / 3)}`] })),
    );
    for (let most = 4; most < 12; most++) {
      const found = new Set<string>();
      let place: string | null = null;
      do {
        const walked: Walked = await walkBlocks(db, place, most);
        for (const pair of walked.found) found.add(pairName(pair));
        place = walked.place;
      } while (place !== null);
      expect(found.size).toBe(30);
    }
  });

  test('where a step is broken off, nothing of it is noted, and another process goes on behind the last one', async () => {
    const { db, pairs } = await populated();
    const broken = sweepOf({
      db,
      interval: 0,
      lease: 0,
      most: 1000,
      queue: { ...nobody, ask: () => Promise.reject(new Error('gone')) },
    });
    await expect(broken.step()).rejects.toThrow('gone');
    expect(await findings(db)).toEqual([]);
    const first = sweepOf({ db, interval: 0, lease: 0, most: 51 });
    const step = await first.step();
    const walked = step.state === 'GOING_ON' ? step.walked : 0;
    expect(walked).toBeGreaterThan(0);
    const second = sweepOf({ db, interval: 0, most: 51 });
    expect(await second.step()).toMatchObject({ state: 'GOING_ON', walked: expect.any(Number) });
    const [now] = await db.query<{ walked: string }>('select walked from identity_sweep');
    expect(Number(now?.walked)).toBeGreaterThan(walked);
    // The first one's lease was over: what it does now counts for nothing.
    expect(await first.step()).toEqual({ state: 'ELSEWHERE' });
    await second.release();
    expect(await swept({ db, interval: 0 })).toMatchObject({ state: 'ENDED' });
    expect(bare(await findings(db))).toEqual(pairs);
    expect(await swept({ db, interval: 3_600_000 })).toEqual({ state: 'NOT_DUE' });
  });

  test('a step that comes too late, because another process went on meanwhile, notes nothing', async () => {
    const { db } = await populated();
    const other = sweepOf({ db, interval: 0, most: 51 });
    const meanwhile = async <T>(work: (tx: Queryable) => Promise<T>): Promise<T> => {
      await other.step();
      return db.transaction(work);
    };
    const asked: Found[] = [];
    const queue = { ...nobody, ask: (_: unknown, found: Found) => Promise.resolve(void asked.push(found)) };
    const late = sweepOf({ db: { ...db, transaction: meanwhile }, interval: 0, lease: 0, most: 1000, queue });
    expect(await late.step()).toEqual({ state: 'ELSEWHERE' });
    expect(asked).toEqual([]);
    expect(await db.query('select walked from identity_sweep where walked > 51')).toEqual([]);
  });

  test('what a person has decided is not asked again, and is the verdict from then on', async () => {
    const { db, identity, ids, pairs } = await populated();
    await swept({ db, interval: 0 });
    const [one = '', other = ''] = ids;
    const decision = { one: other, other: one, verdict: 'DIFFERENT', by: 'anna' } as const;
    await db.transaction((tx) => identity.verdicts.record(tx, decision));
    await db.transaction((tx) => identity.verdicts.record(tx, { ...decision, reason: 'Two branches.' }));
    const rest = pairs.filter(
      ({ lower, higher }) => lower !== [one, other].toSorted()[0] || higher !== [one, other].toSorted()[1],
    );
    expect(bare(await findings(db))).toEqual(rest);
    await swept({ db, interval: 0 });
    expect(bare(await findings(db))).toEqual(rest);

    const facts = { name: 'Blauer See Delikatessen', taxIds: ['DE123456789'] };
    const about = async (exclude?: string) =>
      (await identity.matches(facts, { exclude })).find(({ id }) => id === other);
    expect(await about(one)).toMatchObject({ verdict: 'DIFFERENT', decided: true });
    expect(await about()).toMatchObject({ verdict: 'SAME', decided: false });
    await expect(
      db.transaction((tx) => identity.verdicts.record(tx, { ...decision, other })),
    ).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('what is no duplicate any more is gone after the next sweep', async () => {
    const { db, identity, ids } = await populated();
    await swept({ db, interval: 0 });
    await identity.register.refresh('CRM', [
      {
        key: 'crm-2',
        facts: { name: 'Something Else', phones: ['030 111111'], addresses: [{ city: 'Rom' }] },
      },
    ]);
    await merge(db, ids[1] ?? '', ids[0] ?? '');
    await swept({ db, interval: 0 });
    expect(await findings(db)).toEqual([]);
  });

  test('blocks follow what a customer is known by, into a merge and out of it', async () => {
    const { db, identity, ids } = await populated();
    const blocks = (id: string | undefined) =>
      db.query<{ key: string }>('select key from identity_block where customer_id = $1::uuid order by key', [
        id,
      ]);
    const own = async (id: string | undefined) =>
      await db.query<{ key: string }>(
        'select unnest(blocks) as key from identity_customer where id = $1::uuid order by key',
        [id],
      );
    const before = await blocks(ids[4]);
    expect(before).toEqual(await own(ids[4]));
    await identity.register.refresh('ERP', [{ key: 'erp-4', facts: { taxIds: ['FR 999999'] } }]);
    expect(await blocks(ids[4])).toEqual(await own(ids[4]));
    expect(await blocks(ids[4])).not.toEqual(before);
    await merge(db, ids[4] ?? '', ids[5] ?? '');
    expect(await blocks(ids[4])).toEqual([]);
    await db.query('update identity_customer set merged_into = null where id = $1::uuid', [ids[4]]);
    expect(await blocks(ids[4])).toEqual(await own(ids[4]));
  });

  test('customers from before there were blocks are put into them', async () => {
    const { db, pairs } = await populated();
    const all = () => db.query('select key, customer_id from identity_block order by key, customer_id');
    const content = await all();
    await db.query('update identity_customer set blocks = null');
    expect(await all()).toEqual([]);
    expect(await fillBlocks(db, never)).toBe(20);
    expect(await fillBlocks(db, never)).toBe(0);
    expect(await all()).toEqual(content);
    await swept({ db, interval: 0 });
    expect(bare(await findings(db))).toEqual(pairs);
  });
});
