import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../coordination/participant.ts';
import { receipts } from '../../coordination/receipt.ts';
import { withdrawn } from '../../coordination/review.ts';
import type { Step } from '../../coordination/write.ts';
import type { WriteView } from '../../coordination/coordination.ts';
import type { Decision } from '../../steward/index.ts';
import type { StoredItem } from '../../steward/item.ts';
import { page } from '../../steward/items.ts';
import { accepted, asked, by, openStage, type Process, type Stage } from '../coordination/stage.ts';
import { stepLike, writeLike } from '../coordination/views.ts';
import { withStores } from '../support/store.ts';

const caller = () => by('caller');
const lost: Outcome = { status: 'UNKNOWN', code: 'SYSTEM_UNAVAILABLE', message: 'cut' };
const no: Outcome = { status: 'REFUSED', causes: [{ code: 'INVALID_VALUE', message: 'no' }] };

describe('what is taken back of a write', () => {
  const of = (step: Partial<Step>, mode: 'ALL' | 'EACH' = 'ALL') => {
    const result = withdrawn(writeLike({ state: 'REVIEW', mode, steps: [stepLike(step)] }));
    return 'code' in result ? result.code : result.map(({ state }) => state).join();
  };
  test.each([
    ['what has taken effect', { state: 'APPLIED', versionAfter: 'v2' }, 'UNDOING'],
    [
      'and cannot be taken back',
      { state: 'APPLIED', versionAfter: 'v2', undoable: false },
      'CANNOT_BE_UNDONE',
    ],
    ['what nobody knows of', { state: 'REVIEW', sent: true }, 'UNDOING'],
    ['and could not be taken back', { state: 'DEAD', sent: true, undoable: false }, 'CANNOT_BE_UNDONE'],
    ['an undo that failed', { state: 'REVIEW', versionAfter: 'v2' }, 'UNDOING'],
    ['what was never sent', { state: 'DEAD', undoable: false }, 'SKIPPED'],
    ['what was not tried', { state: 'READY' }, 'SKIPPED'],
    ['what was refused', { state: 'FAILED' }, 'FAILED'],
    ['what had the value', { state: 'UNCHANGED', versionAfter: 'v1' }, 'UNCHANGED'],
  ] satisfies [string, Partial<Step>, string][])('%s', (_, step, expected) => {
    expect(of(step)).toBe(expected);
  });
  test('of parts that stand on their own nothing is, once one has taken effect', () => {
    expect(of({ state: 'APPLIED', versionAfter: 'v2' }, 'EACH')).toBe('CANNOT_BE_UNDONE');
    expect(of({ state: 'DEAD' }, 'EACH')).toBe('SKIPPED');
  });
});

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  let one: Process;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(async () => {
    await stage.close();
    await stage.db.query('delete from steward_item');
  });

  async function set(): Promise<string> {
    stage = make();
    one = await stage.start({ attempts: 3 });
    const [id = ''] = await stage.customers(1);
    return id;
  }
  const items = (states: readonly StoredItem['state'][] = ['OPEN']) =>
    page(stage.db, { states }, { most: 100, after: null });
  async function item(): Promise<StoredItem> {
    const [only, ...others] = await items();
    if (!only || others.length > 0) throw new Error('there is not exactly one item');
    return only;
  }
  /** What a steward decides is carried out, once more than once. */
  async function decide(decision: Decision, about?: StoredItem) {
    const of = about ?? (await item());
    const verdict = { decision, customer: null, reason: 'as agreed', by: 'ann', approvedBy: null };
    const decided = { ...verdict, at: '2026-03-01T09:30:00.000Z', approve: [], item: of };
    const outcome = await one.reviewed(decided);
    if (outcome.status === 'DONE') expect(await one.reviewed(decided)).toEqual({ status: 'DONE' });
    await stage.quiet();
    return outcome;
  }
  const now = (write: WriteView) => one.write(write.id, caller());

  /** Real causes, each with the write that it leaves to a person. */
  const causes = {
    async DEAD_LETTER(id: string) {
      stage.crm.faults.before = () => lost;
      return accepted(one.update(asked(id, { industry: 'ours' }), caller()));
    },
    async VERSION_CONFLICT(id: string) {
      let n = 0;
      stage.crm.faults.looked = () => {
        stage.crm.touch(id, { segment: `theirs ${++n}` });
      };
      return accepted(one.update(asked(id, { industry: 'ours' }), caller()));
    },
    async UNKNOWN_OUTCOME(id: string) {
      stage.crm.faults.before = () => {
        stage.crm.touch(id, { industry: 'theirs' });
        return lost;
      };
      return accepted(one.update(asked(id, { industry: 'ours' }), caller()));
    },
    async FAILED_COMPENSATION(id: string) {
      stage.billing.faults.before = () => {
        stage.crm.touch(id, { industry: 'theirs' });
        return no;
      };
      return accepted(one.update(asked(id, { industry: 'ours', provisioningId: 'ours' }), caller()));
    },
  };
  const kinds = Object.keys(causes) as (keyof typeof causes)[];
  const mended = () => {
    for (const owner of [stage.crm, stage.erp, stage.billing]) owner.faults = {};
  };

  test.each(kinds)('%s: raised with the write that comes to it, and closed when it goes on', async (kind) => {
    const id = await set();
    const write = await causes[kind](id);
    expect(write.state).toBe('REVIEW');
    const raised = await item();
    expect(raised).toMatchObject({
      ...{ kind, key: write.id, entity: 'Customer', entityIds: [id] },
      sides: [{ customer: id, system: 'CRM' }],
      evidence: { attributes: expect.arrayContaining(['industry']), correlationId: [write.correlationId] },
      waiting: { write: write.id, epoch: String(write.epoch) },
    });
    expect(raised.evidence.codes).toContain(write.steps[0]?.cause?.code);
    expect(JSON.stringify(raised)).not.toMatch(/ours|theirs/);
    mended();
    // To ask again what became of it would end as it did before.
    const decision = kind === 'UNKNOWN_OUTCOME' ? 'REPEAT' : 'RETRY';
    expect(await decide(decision, raised)).toEqual({ status: 'DONE' });
    expect((await now(write))?.review).toMatchObject({ decision, by: 'ann', reason: 'as agreed' });
    expect(await items()).toEqual([]);
    expect(await items(['CLOSED'])).toMatchObject([{ id: raised.id, history: [{ code: 'TAKEN_UP' }] }]);
    expect(await now(write)).toMatchObject({ state: 'SUCCEEDED' });
    expect(stage.crm.record(id)).toMatchObject({ industry: 'ours' });
  });

  test('a write that comes back to a person is another item, which a decision about the first does not touch', async () => {
    const id = await set();
    const write = await causes.DEAD_LETTER(id);
    const first = await item();
    await decide('RETRY');
    const second = await item();
    expect(second).toMatchObject({ kind: 'DEAD_LETTER', key: write.id });
    expect(second.id).not.toBe(first.id);
    const calls = stage.crm.calls.apply;
    expect(await decide('RETRY', first)).toEqual({ status: 'DONE' });
    expect(await decide('ACCEPT_AS_IS', first)).toEqual({ status: 'DONE' });
    expect(stage.crm.calls.apply).toBe(calls);
    expect(await item()).toMatchObject({ id: second.id });
    // By whatever way it goes on, nobody is asked any longer.
    mended();
    expect((await one.retry(write.id, caller())).refusals).toEqual([]);
    await stage.quiet();
    expect(await items()).toEqual([]);
  });

  test.each([
    ['DEAD_LETTER', 'FAILED', 'NEEDS_REVIEW'],
    ['VERSION_CONFLICT', 'FAILED', 'REJECTED'],
    ['UNKNOWN_OUTCOME', 'FAILED', 'NEEDS_REVIEW'],
    ['FAILED_COMPENSATION', 'PARTIAL', 'APPLIED'],
  ] as const)(
    '%s let stand as it is: nothing is asked of an owner, and the receipt says what is certain',
    async (kind, state, outcome) => {
      const id = await set();
      const write = await causes[kind](id);
      mended();
      const [before, calls] = [stage.crm.record(id), stage.crm.calls.apply];
      expect(await decide('ACCEPT_AS_IS')).toEqual({ status: 'DONE' });
      expect(await now(write)).toMatchObject({ state, review: { decision: 'ACCEPT_AS_IS' } });
      const view = await now(write);
      expect(view && receipts(view, [])[0]?.outcome).toBe(outcome);
      expect([stage.crm.record(id), stage.crm.calls.apply]).toEqual([before, calls]);
      expect(await items()).toEqual([]);
      expect(await one.redrive({ limit: 100 }, true, caller())).toMatchObject({ count: 0 });
    },
  );

  test('a write that is cancelled takes back what it has changed, and never what somebody else has', async () => {
    const id = await set();
    stage.crm.touch(id, { industry: 'before' });
    stage.billing.faults.before = () => lost;
    const changes = { industry: 'ours', creditStatus: 'WATCH', provisioningId: 'ours' };
    const write = await accepted(one.update(asked(id, changes), caller()));
    expect(write.state).toBe('REVIEW');
    expect(stage.crm.record(id)).toMatchObject({ industry: 'ours' });
    mended();
    const outcome = await decide('CANCEL');
    // Billing cannot take back what it may have taken: it has to be found out first.
    expect(outcome).toMatchObject({ status: 'REFUSED', code: 'CANNOT_BE_UNDONE' });
    expect(await item()).toMatchObject({ key: write.id, kind: 'DEAD_LETTER' });
  });

  test.each([false, true])(
    'cancelled while somebody else changed the record meanwhile: %s',
    async (changed) => {
      const id = await set();
      stage.crm.touch(id, { industry: 'before' });
      stage.erp.faults.looked = () => {
        stage.erp.touch(id, { creditStatus: 'HOLD' });
      };
      const write = await accepted(
        one.update(asked(id, { industry: 'ours', creditStatus: 'WATCH' }), caller()),
      );
      expect(await item()).toMatchObject({
        kind: 'VERSION_CONFLICT',
        sides: [{ customer: id, system: 'ERP' }],
      });
      expect(stage.crm.record(id)).toMatchObject({ industry: 'ours' });
      mended();
      if (changed) stage.crm.touch(id, { industry: 'theirs' });
      expect(await decide('CANCEL')).toEqual({ status: 'DONE' });
      expect(stage.crm.record(id)).toMatchObject({ industry: changed ? 'theirs' : 'before' });
      expect(await now(write)).toMatchObject({ state: changed ? 'REVIEW' : 'FAILED' });
      expect((await items()).map(({ kind }) => kind)).toEqual(changed ? ['FAILED_COMPENSATION'] : []);
    },
  );

  test('what nobody knows of is asked for again by a retry, and written again only where a person says so', async () => {
    const id = await set();
    const write = await causes.UNKNOWN_OUTCOME(id);
    mended();
    const calls = stage.crm.calls.apply;
    expect(await decide('RETRY')).toEqual({ status: 'DONE' });
    expect(await item()).toMatchObject({ kind: 'UNKNOWN_OUTCOME', key: write.id });
    expect(stage.crm.calls.apply).toBe(calls);
    expect(await decide('REPEAT')).toEqual({ status: 'DONE' });
    expect(stage.crm.calls.apply).toBe(calls + 1);
    expect(stage.crm.record(id)).toMatchObject({ industry: 'ours' });
  });

  test('what a later write has changed is not overwritten by a steward either', async () => {
    const id = await set();
    const write = await causes.DEAD_LETTER(id);
    mended();
    await accepted(one.update(asked(id, { industry: 'later' }), caller()));
    expect(await decide('RETRY')).toMatchObject({ status: 'REFUSED', code: 'SUPERSEDED' });
    expect(await now(write)).toMatchObject({ state: 'REVIEW' });
    expect(stage.crm.record(id)).toMatchObject({ industry: 'later' });
  });
});
