import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { WriteView } from '../../coordination/coordination.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, openStage, type Process, type Stage } from './stage.ts';

const watcher = (signal: AbortSignal) => ({ ...by('watcher'), signal });
const forever = new AbortController().signal;

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  let one: Process;
  let id: string;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  async function set(): Promise<void> {
    stage = make();
    one = await stage.start();
    [id = ''] = await stage.customers(1);
  }
  const watched = async (write: string, signal = forever) => {
    const progress = await one.progress(write, watcher(signal));
    if (!progress) throw new Error('there is no write');
    return progress;
  };
  const states = ({ state, steps, copies }: WriteView) => ({
    write: state,
    steps: steps.map((step) => step.state),
    copies: copies.map((copy) => copy.state),
  });

  test('a write is told as it is, again when it has come on, and no more when it and its copies are over', async () => {
    await set();
    const begun = Promise.withResolvers<undefined>();
    const owner = Promise.withResolvers<undefined>();
    stage.crm.faults.before = async () => {
      begun.resolve(undefined);
      await owner.promise;
      return undefined;
    };
    const copy = Promise.withResolvers<undefined>();
    stage.erp.faults.before = async () => {
      await copy.promise;
      return undefined;
    };
    const write = await accepted(one.update(asked(id, { name: 'new' }, { wait: 'ACCEPTED' }), by('caller')));
    await begun.promise;
    const progress = await watched(write.id);
    const views: WriteView[] = [];
    const seen = (async () => {
      for await (const view of progress) {
        views.push(view);
        if (view.state === 'RUNNING') owner.resolve(undefined);
        if (view.state === 'SUCCEEDED') copy.resolve(undefined);
      }
    })();
    await seen;
    const told = views.map(states);
    expect(told[0]).toEqual({ write: 'RUNNING', steps: ['READY'], copies: [] });
    expect(told.at(-1)).toEqual({
      write: 'SUCCEEDED',
      steps: ['APPLIED'],
      copies: ['SUCCEEDED', 'SUCCEEDED'],
    });
    // It has come on each time that it was told, if only within the step of a copy.
    views.slice(1).forEach((view, index) => {
      expect(view).not.toEqual(views[index]);
    });
  });

  test('a write that is over is told once', async () => {
    await set();
    const write = await accepted(one.update(asked(id, { segment: 'RESELLER' }), by('caller')));
    const told: string[] = [];
    for await (const { state } of await watched(write.id)) told.push(state);
    expect(told).toEqual(['SUCCEEDED']);
    expect(await one.progress(randomUUID(), watcher(forever))).toBeNull();
  });

  test('whoever watches a write that waits is let go at once', async () => {
    await set();
    const gate = Promise.withResolvers<undefined>();
    stage.crm.faults.before = async () => {
      await gate.promise;
      return undefined;
    };
    const write = await accepted(
      one.update(asked(id, { segment: 'RESELLER' }, { wait: 'ACCEPTED' }), by('caller')),
    );
    const gone = new AbortController();
    const [progress, other] = [await watched(write.id, gone.signal), await watched(write.id)];
    const waiting = [progress, other].map(async (stream) => {
      let last = await stream.next();
      while (last.done !== true) last = await stream.next();
      return last;
    });
    gone.abort();
    await waiting[0];
    await other.return();
    await waiting[1];
    gate.resolve(undefined);
    await stage.quiet();
  });
});
