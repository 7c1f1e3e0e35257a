import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../coordination/participant.ts';
import { governed } from '../../coordination/plan.ts';
import type { Values } from '../../coordination/write.ts';
import { attributes } from '../../schema/generated/contracts.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, carriedOut, openStage, type Stage } from './stage.ts';
import { samples } from './samples.ts';

const caller = () => by('caller');
const no: Outcome = { status: 'REFUSED', causes: [{ code: 'INVALID_VALUE', message: 'no' }] };
const lost: Outcome = { status: 'UNKNOWN', code: 'SYSTEM_UNAVAILABLE', message: 'cut' };
const three = { industry: 'new', paymentTerms: { code: 'N030' }, provisioningId: 'new' };
const owners = ['CRM', 'ERP', 'BILLING'] as const;
/** What the failing owner is asked for beside the attributes under test. */
const partners = {
  CRM: ['segment', 'language'],
  ERP: ['creditStatus', 'paymentTerms'],
  BILLING: ['dunningState', 'provisioningId'],
};

/** Every attribute alone, and every two of them that leave an owner to refuse. */
const names = Object.keys(samples);
const sets = names.flatMap((one, i) => [[one], ...names.slice(i + 1).map((other) => [one, other])]);

test('every governed attribute is among the samples', () => {
  const all = Object.values(attributes.Customer).filter((attribute) => 'write' in attribute);
  expect(names.toSorted()).toEqual(all.map(({ name }) => name).toSorted());
});

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  describe('when billing fails, each for itself', () => {
    test('a refusal leaves the others as they are, and a retry touches billing only', async () => {
      stage = make();
      const { crm, erp, billing } = stage;
      const one = await stage.start();
      const [id = ''] = await stage.customers(1);
      billing.faults.before = () => no;
      const update = asked(id, three, { mode: 'EACH' });
      const write = await accepted(one.update(update, caller()));
      expect(write.state).toBe('PARTIAL');
      expect(Object.fromEntries(write.steps.map(({ system, state }) => [system, state]))).toEqual({
        CRM: 'APPLIED',
        ERP: 'APPLIED',
        BILLING: 'FAILED',
      });
      await stage.quiet();
      const before = [{ ...crm.calls }, { ...erp.calls }, [...stage.log]] as const;
      billing.faults.before = undefined;
      expect(await one.retry(write.id, caller())).toMatchObject({ refusals: [] });
      expect(await accepted(one.update(update, caller()))).toMatchObject({
        id: write.id,
        state: 'SUCCEEDED',
      });
      await stage.quiet();
      expect([crm.calls, erp.calls]).toEqual([before[0], before[1]]);
      expect(stage.log.slice(before[2].length)).toMatchObject([
        { system: 'BILLING', entityId: id, values: { provisioningId: 'new' } },
      ]);
    });

    test('attempts that are used up leave the others as they are, and a retry touches billing only', async () => {
      stage = make();
      const { crm, erp, billing } = stage;
      const one = await stage.start({ attempts: 3 });
      const [id = ''] = await stage.customers(1);
      billing.faults.before = () => lost;
      const update = asked(id, three, { mode: 'EACH' });
      const write = await accepted(one.update(update, caller()));
      expect(write.state).toBe('REVIEW');
      expect(write.steps.find(({ system }) => system === 'BILLING')).toMatchObject({
        ...{ state: 'DEAD', attempts: 3, cause: { code: 'SYSTEM_UNAVAILABLE' } },
      });
      expect(crm.record(id).industry).toBe('new');
      await stage.quiet();
      const before = [{ ...crm.calls }, { ...erp.calls }];
      billing.faults.before = undefined;
      await one.retry(write.id, caller());
      expect(await accepted(one.update(update, caller()))).toMatchObject({ state: 'SUCCEEDED' });
      await stage.quiet();
      expect([crm.calls, erp.calls]).toEqual(before);
      expect(billing.record(id).provisioningId).toBe('new');
    });
  });

  test('what one owner refuses is undone at the others, for every attribute alone and every two', async () => {
    let compensated = 0;
    for (const failing of owners) {
      const key = failing.toLowerCase() as 'crm' | 'erp' | 'billing';
      stage = make({ crm: 'conditional', erp: 'conditional', billing: 'conditional', [key]: 'keyed' });
      const here = stage;
      const one = await here.start();
      here[key].faults.before = () => no;
      const own = sets.filter((set) => chosenFor(set) === failing);
      const ids = await here.customers(own.length);
      await Promise.all(
        own.map(async (set, n) => {
          const id = ids[n] ?? '';
          const partner = partners[failing].find((name) => !set.includes(name)) ?? '';
          const values = (which: 'old' | 'new'): Values =>
            Object.fromEntries([...set, partner].map((name) => [name, samples[name]?.[which]]));
          for (const owner of [here.crm, here.erp, here.billing]) {
            const mine = Object.entries(values('old')).filter(([name]) => ownerOf(name) === owner.system);
            owner.touch(id, Object.fromEntries(mine));
          }
          const before = [here.crm.record(id), here.erp.record(id), here.billing.record(id)];
          const write = await carriedOut(one, asked(id, values('new')));
          expect({ set, state: write.state }).toEqual({ set, state: 'FAILED' });
          expect([here.crm.record(id), here.erp.record(id), here.billing.record(id)]).toEqual(before);
          for (const { system, state } of write.steps) {
            expect({ set, system, state }).toEqual({
              ...{ set, system, state: system === failing ? 'FAILED' : 'COMPENSATED' },
            });
          }
          expect(write.copies).toEqual([]);
          const effects = here.log.filter(({ entityId }) => entityId === id);
          expect(effects).toHaveLength(2 * (write.steps.length - 1));
          compensated += set.length;
        }),
      );
      await here.close();
    }
    expect(compensated).toBe(sets.flat().length);
  });

  test("somebody else's later change is never overwritten by an undo", async () => {
    stage = make();
    const { crm, billing } = stage;
    const one = await stage.start();
    const ids = await stage.customers(2);
    for (const [n, theirs] of [{ industry: 'theirs' }, { segment: 'RESELLER' }].entries()) {
      const id = ids[n] ?? '';
      billing.faults.before = () => {
        crm.touch(id, theirs);
        return no;
      };
      const write = await accepted(
        one.update(asked(id, { industry: 'ours', provisioningId: 'ours' }), caller()),
      );
      expect(write).toMatchObject({
        state: 'REVIEW',
        steps: [
          { system: 'CRM', state: 'REVIEW', cause: { code: 'CHANGED_SINCE' } },
          { system: 'BILLING', state: 'FAILED' },
        ],
      });
      expect(crm.record(id)).toEqual({ industry: 'ours', ...theirs });
    }
    expect(stage.log).toHaveLength(2);
  });
});

function ownerOf(name: string) {
  return governed('Customer', name)?.owner;
}

/** An owner that has nothing of a set, and so can be the one that refuses. */
function chosenFor(set: readonly string[]) {
  return owners.find((owner) => set.every((name) => ownerOf(name) !== owner));
}
