import { expect, test } from '@jest/globals';
import { boundaries } from '../../../events/webhooks/deliver.ts';
import { withStores } from '../../support/store.ts';
import { positionsOf, stageOn, withheld } from './stage.ts';
import { asking, openSender, tell } from './support.ts';

withStores((open) => {
  const stage = stageOn(open);
  const { receive, sender, register, stateOf, settledAt } = stage;

  test('what was sent and not stored when the process ended is sent again under the same id', async () => {
    const receiver = await receive();
    let crash = true;
    const ended = new Error('the process has ended');
    const first = await sender({
      at: (boundary) => {
        if (crash && boundary === 'sent') throw ended;
      },
      // Others find the endpoint when the lease of the one that ended is over.
      pace: { lease: 200, timeout: 60 },
    });
    const { id } = await register(first, receiver.url);
    const [position] = await tell(stage.db(), {});
    const again = await receiver.first(2);
    crash = false;
    await settledAt(first, id, position);
    expect(first.failures).toContain(ended);
    expect(new Set(again.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(positionsOf(receiver.arrived))).toEqual(new Set([position]));
  });

  test.each(boundaries)(
    'a process that ends where something was %s loses nothing, and disorders nothing',
    async (where) => {
      const receiver = await receive((_, nth) => (nth % 4 === 0 ? 500 : 204));
      let passed = 0;
      const ended = new Error('the process has ended');
      const opened = await sender({
        at: (boundary) => {
          if (boundary === where && ++passed % 3 === 0) throw ended;
        },
        pace: { lease: 150, timeout: 45 },
      });
      const { id } = await register(opened, receiver.url);
      // One of its own among others, so that it is let go of without anything sent as well.
      const { id: other } = await register(opened, `${receiver.url}/erp`, { filter: { systems: ['ERP'] } });
      const told: string[] = [];
      for (let i = 0; i < 8; i++) told.push(...(await tell(stage.db(), {}, {})));
      const [erp] = await tell(stage.db(), { system: 'ERP', attributes: ['creditLimit'] });
      await Promise.all([settledAt(opened, id, erp), settledAt(opened, other, erp)]);
      expect(opened.failures).toContain(ended);
      expect(opened.failures.filter((failure) => failure !== ended)).toEqual([]);
      const [own, others] = ['/', '/erp'].map((path) =>
        positionsOf(receiver.arrived.filter((one) => one.path === path)),
      );
      // A repetition follows what it repeats.
      expect(own?.filter((position, i) => position !== own[i - 1])).toEqual([...told, erp]);
      expect(new Set(others)).toEqual(new Set([erp]));
    },
  );

  test('whoever comes back after its lease is over changes nothing, and sends nothing more', async () => {
    const { reply, release } = withheld(4);
    const receiver = await receive(reply);
    let wake = (): void => undefined;
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    // Sleeps between what it sent and what it stores of it, and does nothing else meanwhile.
    const sleeper = await sender({
      at: (where) => (where === 'sent' ? asleep : undefined),
      pace: { lease: 1_000, timeout: 400, concurrency: [1, 0] },
    });
    const { id } = await register(sleeper, receiver.url);
    const told = await tell(stage.db(), {}, {}, {}, {});
    await receiver.first(1);
    const other = await sender();
    // The other one has delivered two of them, and is at the third.
    await receiver.first(4);
    wake();
    await sleeper.stop();
    expect(await stateOf(other, id)).toMatchObject({ position: told[1] });
    release();
    await settledAt(other, id, told.at(-1));
    expect(positionsOf(receiver.arrived)).toEqual([told[0], ...told]);
  });

  test('what is under way when the process stops is given up after a while, and sent again by another', async () => {
    const receiver = await receive(() => 'NEVER');
    const leaving = await openSender(stage.db(), { pace: { grace: 50, lease: 60_000, timeout: 20_000 } });
    const { id } = await register(leaving, receiver.url);
    const [position] = await tell(stage.db(), {});
    await receiver.first(1);
    await leaving.stop();
    expect(await stateOf(leaving, id)).toMatchObject({ failures: 0, state: 'ACTIVE' });
    receiver.answer(() => 204);
    const next = await sender();
    await settledAt(next, id, position);
    expect(new Set(receiver.arrived.map(({ event }) => event.id)).size).toBe(1);
  });

  test('an endpoint that is paused is sent nothing, and what was under way is not sent again', async () => {
    const { reply, release } = withheld(1);
    const receiver = await receive(reply);
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(stage.db(), {}, {}, {});
    await receiver.first(1);
    expect(await opened.webhooks.pause(id, asking())).toMatchObject({ endpoint: { state: 'PAUSED' } });
    release();
    await settledAt(opened, id, told[0]);
    await tell(stage.db(), {});
    expect(receiver.arrived).toHaveLength(1);
    await opened.webhooks.enable(id, false, asking());
    const all = await receiver.first(4);
    expect(new Set(positionsOf(all)).size).toBe(4);
  });

  test('a replay in the middle of a delivery begins again where it was asked to', async () => {
    const { reply, release } = withheld(3);
    const receiver = await receive(reply);
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(stage.db(), {}, {}, {}, {});
    const [, , third] = await receiver.first(3);
    const first = receiver.arrived[0]?.event.data as unknown as { cursor: string };
    await opened.webhooks.replay(id, first.cursor, asking());
    expect(positionsOf(third ? [third] : [])).toEqual([told[2]]);
    release();
    const all = await receiver.first(6);
    await settledAt(opened, id, told.at(-1));
    expect(positionsOf(all)).toEqual([told[0], told[1], told[2], told[1], told[2], told[3]]);
    expect(receiver.atOnce()).toBe(1);
  });
});
