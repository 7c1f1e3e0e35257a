import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { figuresIn } from '../../coordination/indicators/counts.ts';
import type { Outcome } from '../../coordination/participant.ts';
import type { Values } from '../../coordination/write.ts';
import { leasesEnd } from '../coordination/engine.ts';
import { asked, by, carriedOut, openStage, type Process, type Stage } from '../coordination/stage.ts';
import { withStores } from '../support/store.ts';

const no: Outcome = { status: 'REFUSED', causes: [{ code: 'INVALID_VALUE', message: 'no' }] };
const lost: Outcome = { status: 'UNKNOWN', code: 'SYSTEM_UNAVAILABLE', message: 'cut' };
const busy: Outcome = { status: 'LATER', code: 'RATE_LIMITED', message: 'not now' };
const tax = { taxRegistrations: [{ country: 'DE', kind: 'VAT', number: 'DE136695976' }] };

/** Of the first so many calls, this becomes of each; the rest go well. */
function first(count: number, outcome: Outcome): () => Outcome | undefined {
  let left = count;
  return () => (left-- > 0 ? outcome : undefined);
}

const none = { firstAttempt: 0, laterAttempt: 0, notConfirmed: 0, taxProfileUpdatesFailed: 0 };

withStores((open) => {
  let stage: Stage;
  let one: Process;
  beforeAll(async () => {
    stage = (await openStage(open))();
    one = await stage.start();
  });
  afterAll(() => stage.close());

  async function counted() {
    const { writesSettled, taxProfileUpdatesFailed } = await figuresIn(stage.db, stage.identity);
    return { ...writesSettled, taxProfileUpdatesFailed };
  }

  /** What is counted more once it is done, and everything that follows from it. */
  async function more(work: (id: string) => Promise<unknown>): Promise<typeof none> {
    const [id = ''] = await stage.customers(1);
    const before = await counted();
    try {
      await work(id);
      await stage.quiet();
    } finally {
      for (const owner of [stage.crm, stage.erp, stage.billing]) owner.faults = {};
    }
    const after = await counted();
    const names = Object.keys(none) as (keyof typeof none)[];
    return Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as typeof none;
  }

  const write = (id: string, changes: Values, given = {}) => carriedOut(one, asked(id, changes, given));

  test('what its owners confirm at once is counted once, with its copies and its approval', async () => {
    expect(await more((id) => write(id, { industry: 'new' }))).toEqual({ ...none, firstAttempt: 1 });
    expect(await more((id) => write(id, { name: 'New Ltd' }))).toEqual({ ...none, firstAttempt: 1 });
    const granted = { creditLimit: { amount: '5.00', currency: 'EUR' } };
    expect(await more((id) => write(id, granted))).toEqual({ ...none, firstAttempt: 1 });
    expect(await more((id) => write(id, tax))).toEqual({ ...none, firstAttempt: 1 });
  });

  test('what nobody had to be asked for is not counted, nor what is sent again', async () => {
    const update = (id: string) => asked(id, { industry: 'same' });
    expect(
      await more(async (id) => {
        stage.crm.touch(id, { industry: 'same' });
        expect(await carriedOut(one, update(id))).toMatchObject({ state: 'SUCCEEDED' });
      }),
    ).toEqual(none);
    expect(
      await more(async (id) => {
        const again = asked(id, { industry: 'new' });
        await carriedOut(one, again);
        await carriedOut(one, again);
      }),
    ).toEqual({ ...none, firstAttempt: 1 });
  });

  test.each([
    ['an answer was lost', (of: Stage) => void (of.crm.faults.after = first(1, lost))],
    ['its owner asked to come later', (of: Stage) => void (of.crm.faults.before = first(1, busy))],
  ])('what was confirmed after %s is counted as later', async (_, fault) => {
    const told = await more((id) => {
      fault(stage);
      return write(id, { industry: 'new' });
    });
    expect(told).toEqual({ ...none, laterAttempt: 1 });
  });

  test('what a process left half done is counted as later', async () => {
    const told = await more(async (id) => {
      const dying = await stage.start();
      const reached = Promise.withResolvers<undefined>();
      stage.crm.faults.before = () => {
        reached.resolve(undefined);
        return new Promise(() => undefined);
      };
      void dying.update(asked(id, { industry: 'new' }), by('caller')).catch(() => undefined);
      await reached.promise;
      dying.end();
      stage.crm.faults = {};
      await leasesEnd(stage.db);
    });
    expect(told).toEqual({ ...none, laterAttempt: 1 });
  });

  test('what was refused is counted as not confirmed, and its tax profile as failed', async () => {
    const refusing = (owner: 'crm' | 'erp', changes: Values, given = {}) =>
      more((id) => {
        stage[owner].faults.before = () => no;
        return write(id, changes, given);
      });
    expect(await refusing('crm', { industry: 'new' })).toEqual({ ...none, notConfirmed: 1 });
    const failed = { ...none, notConfirmed: 1, taxProfileUpdatesFailed: 1 };
    expect(await refusing('erp', tax)).toEqual(failed);
    // Another owner refuses, so that all is undone.
    expect(await refusing('crm', { ...tax, industry: 'new' })).toEqual(failed);
    const each = { mode: 'EACH' };
    expect(await refusing('crm', { ...tax, industry: 'new' }, each)).toEqual({ ...none, notConfirmed: 1 });
  });

  test('what a person has done again after it failed is counted as it came to rest first', async () => {
    const told = await more(async (id) => {
      stage.erp.faults.before = () => lost;
      const { id: parked, state } = await write(id, tax);
      expect(state).toBe('REVIEW');
      stage.erp.faults = {};
      expect(await one.retry(parked, by('operator'))).toMatchObject({ refusals: [] });
      await stage.quiet();
      expect(await one.write(parked, by('operator'))).toMatchObject({ state: 'SUCCEEDED' });
    });
    expect(told).toEqual({ ...none, notConfirmed: 1, taxProfileUpdatesFailed: 1 });
  });

  test('nobody waits for another one who is counting', async () => {
    // The embedded store has one connection: there is nobody else.
    if (stage.db.kind === 'pglite') return;
    const [id = ''] = await stage.customers(1);
    const before = await counted();
    const [holding, done] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const other = stage.db.transaction(async (tx) => {
      await tx.query('select from coordination_tally for update');
      holding.resolve(undefined);
      await done.promise;
    });
    await holding.promise;
    await write(id, { industry: 'new' });
    await stage.quiet();
    done.resolve(undefined);
    await other;
    expect((await counted()).firstAttempt - before.firstAttempt).toBe(1);
  });
});
