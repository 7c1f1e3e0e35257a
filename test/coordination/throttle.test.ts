import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Limit } from '../../coordination/limits.ts';
import type { Outcome } from '../../coordination/participant.ts';
import type { Lane } from '../../coordination/write.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, openStage, type Process, type Stage } from './stage.ts';

const caller = () => by('caller');
const slowDown = (retryAfter: number): Outcome => ({
  ...{ status: 'LATER', code: 'RATE_LIMITED', message: 'slow down', retryAfter },
});

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  /** Writes of as many customers, none waited for. */
  async function accept(one: Process, count: number, lane: Lane, changes: object): Promise<void> {
    const ids = await stage.customers(count);
    await Promise.all(
      ids.map((id) => accepted(one.update(asked(id, { ...changes }, { lane, wait: 'ACCEPTED' }), caller()))),
    );
  }
  const startTwo = (...limits: Limit[]) => Promise.all([stage.start({}, limits), stage.start({}, limits)]);
  /** What an hour of waiting comes to, once everybody who waits has begun to. */
  async function hourPasses(): Promise<void> {
    await stage.until(async () => {
      const held = await stage.db.query('select from coordination_write where worker is not null');
      return held.length === 0;
    });
    await stage.db.script(`
      update coordination_step set body = jsonb_set(body, '{due}', '0') where body -> 'due' <> 'null';
      update coordination_pressure set paused_until = paused_until - interval '1 hour';
      update coordination_write set due = due - interval '1 hour' where head and worker is null;`);
  }

  test('no call comes before Retry-After has passed, by the clock of the owner', async () => {
    stage = make();
    const one = await stage.start();
    const calls: number[] = [];
    stage.billing.faults.before = () => {
      calls.push(performance.now());
      return calls.length === 1 ? slowDown(0.4) : undefined;
    };
    const ids = await stage.customers(6);
    const [first = '', ...others] = ids;
    const write = one.update(asked(first, { provisioningId: 'new' }), caller());
    await stage.until(async () => (await stage.db.query('select from coordination_pressure')).length > 0);
    const later = others.map((id) => one.update(asked(id, { provisioningId: 'new' }), caller()));
    await Promise.all([write, ...later].map(accepted));
    const [refused = 0, next = 0] = calls;
    expect(next - refused).toBeGreaterThanOrEqual(400);
    expect(calls).toHaveLength(ids.length + 1);
  });

  test('while one owner wants no calls, writes for others of every lane go on, and none is wasted on it', async () => {
    stage = make();
    const one = await stage.start({ concurrency: 8 });
    const { billing, crm } = stage;
    billing.faults.before = () => slowDown(3600);
    const needed = stage.db.kind === 'pglite' ? 60 : 200;
    await accept(one, needed / 2, 'BULK', { provisioningId: 'new' });
    await stage.until(() => billing.calls.apply > 0);
    await accept(one, needed / 2, 'INTERACTIVE', { provisioningId: 'new' });
    for (const lane of ['BULK', 'ONBOARDING', 'INTERACTIVE'] as const) {
      const ids = await stage.customers(5);
      const writes = await Promise.all(
        ids.map((id) => accepted(one.update(asked(id, { industry: 'new' }, { lane }), caller()))),
      );
      expect(writes.map(({ state }) => state)).toEqual(ids.map(() => 'SUCCEEDED'));
    }
    expect(crm.calls.apply).toBe(15);
    billing.faults.before = undefined;
    await hourPasses();
    await stage.quiet();
    expect(stage.log.filter(({ system }) => system === 'BILLING')).toHaveLength(needed);
    expect(billing.calls.apply).toBeLessThanOrEqual(needed * 1.2);
  });

  test('another process knows that an owner wants no calls', async () => {
    stage = make();
    const { billing } = stage;
    const [one, other] = [await stage.start(), await stage.start()];
    billing.faults.before = () => slowDown(3600);
    await accept(one, 1, 'INTERACTIVE', { provisioningId: 'new' });
    await stage.until(async () => (await stage.db.query('select from coordination_pressure')).length > 0);
    billing.faults.before = undefined;
    await accept(other, 5, 'INTERACTIVE', { provisioningId: 'new' });
    await accept(other, 5, 'BULK', { provisioningId: 'new' });
    const [id = ''] = await stage.customers(1);
    await accepted(other.update(asked(id, { industry: 'new' }, { lane: 'BULK' }), caller()));
    expect(billing.calls.apply).toBe(1);
    await hourPasses();
    await stage.quiet();
    expect(billing.calls.apply).toBe(12);
  });

  test('a limit of calls at a time holds for two processes together', async () => {
    stage = make();
    const processes = await startTwo({ system: 'CRM', rate: null, concurrency: 3 });
    let [now, most] = [0, 0];
    stage.crm.faults.before = async () => {
      most = Math.max(most, ++now);
      // As long as it takes for the store to be asked: others have their chance to come in.
      await stage.db.query('select');
      now--;
      return undefined;
    };
    await Promise.all(
      processes.flatMap((one) => [
        accept(one, 15, 'INTERACTIVE', { industry: 'new' }),
        accept(one, 15, 'BULK', { industry: 'new' }),
      ]),
    );
    await stage.quiet();
    expect(stage.log).toHaveLength(60);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
  });

  test('a limit of calls a second holds for two processes together', async () => {
    stage = make();
    const processes = await startTwo({ system: 'CRM', rate: 20, concurrency: null });
    const began = performance.now();
    await Promise.all(processes.map((one) => accept(one, 18, 'INTERACTIVE', { industry: 'new' })));
    await stage.quiet();
    // All but the first twenty had to wait for a twentieth of a second each.
    expect(performance.now() - began).toBeGreaterThanOrEqual(((36 - 20) / 20) * 1000);
    expect(stage.log).toHaveLength(36);
  });

  test('limits of several owners stop nobody for good, in whichever order they are met', async () => {
    stage = make();
    const processes = await startTwo(
      ...['CRM', 'ERP', 'BILLING'].map((system) => ({ system, rate: null, concurrency: 4 })),
    );
    const kinds = [
      { industry: 'new' },
      { creditStatus: 'BLOCKED' },
      { provisioningId: 'new' },
      { industry: 'new', creditStatus: 'BLOCKED', provisioningId: 'new' },
    ];
    await Promise.all(
      processes.flatMap((one) =>
        kinds.flatMap((changes) => [accept(one, 6, 'INTERACTIVE', changes), accept(one, 6, 'BULK', changes)]),
      ),
    );
    await stage.quiet();
    expect(stage.log).toHaveLength(2 * 2 * 6 * (1 + 1 + 1 + 3));
  });
});
