import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Lane } from '../../coordination/write.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, openStage, type Process, type Stage } from './stage.ts';

const caller = () => by('caller');
const concurrency = 8;

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  /** Accepts writes of a lane that the CRM does not answer, until it is told to; waits until it has some of them. */
  async function stuck(one: Process, lane: Lane, count: number) {
    const ids = new Set(await stage.customers(count));
    const opened = Promise.withResolvers<undefined>();
    let [now, most] = [0, 0];
    stage.crm.faults.before = async ({ entityId }) => {
      if (!ids.has(entityId)) return undefined;
      most = Math.max(most, ++now);
      await opened.promise;
      now--;
      return undefined;
    };
    await Promise.all(
      [...ids].map((id) =>
        accepted(one.update(asked(id, { industry: 'new' }, { lane, wait: 'ACCEPTED' }), caller())),
      ),
    );
    await stage.until(() => most > 0);
    return {
      most: () => most,
      async open() {
        opened.resolve(undefined);
        await stage.quiet();
        expect(stage.log.filter(({ entityId }) => ids.has(entityId))).toHaveLength(count);
      },
    };
  }

  test.each([
    ['INTERACTIVE', 'BULK'],
    ['INTERACTIVE', 'ONBOARDING'],
    ['ONBOARDING', 'BULK'],
    ['ONBOARDING', 'INTERACTIVE'],
    ['BULK', 'INTERACTIVE'],
    ['BULK', 'ONBOARDING'],
  ] as const)('a write of the lane %s does not wait behind a backlog of %s', async (lane, before) => {
    stage = make();
    const one = await stage.start({ concurrency });
    const backlog = await stuck(one, before, before === 'BULK' ? 200 : 40);
    const [id = ''] = await stage.customers(1);
    const write = await accepted(one.update(asked(id, { industry: 'new' }, { lane }), caller()));
    expect(write.state).toBe('SUCCEEDED');
    expect(stage.log).toHaveLength(1);
    await backlog.open();
  });

  test('a backlog of BULK is no longer one for the customer for whom somebody waits', async () => {
    stage = make();
    const one = await stage.start({ concurrency });
    const backlog = await stuck(one, 'BULK', 200);
    const [id = ''] = await stage.customers(1);
    const inBulk = asked(id, { industry: 'new' }, { lane: 'BULK', wait: 'ACCEPTED' });
    const before = await accepted(one.update(inBulk, caller()));
    const write = await accepted(one.update(asked(id, { website: 'https://new.example' }), caller()));
    expect(write.state).toBe('SUCCEEDED');
    expect(stage.log.map(({ wireKey }) => wireKey.split('.')[0])).toEqual([before.id, write.id]);
    await backlog.open();
  });

  test('a process begins no more than it has places for, however many ask at once', async () => {
    stage = make();
    const one = await stage.start({ concurrency });
    const backlog = await stuck(one, 'INTERACTIVE', 60);
    await backlog.open();
    expect(backlog.most()).toBeGreaterThan(1);
    expect(backlog.most()).toBeLessThanOrEqual(concurrency * 2);
  });
});
