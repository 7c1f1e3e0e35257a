import { expect, test } from '@jest/globals';
import { withStores } from '../../support/store.ts';
import { positionsOf, stageOn } from './stage.ts';
import { asking, tell, until } from './support.ts';

withStores((open) => {
  const stage = stageOn(open);
  const { receive, sender, register, stateOf, settledAt } = stage;

  test('changes arrive in order and one at a time, whatever fails on the way', async () => {
    let [answered, failed] = [0, 0];
    const receiver = await receive(() => (++answered % 3 === 0 ? 204 : (failed++, 500)));
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(stage.db(), ...Array.from({ length: 12 }, () => ({})));
    await settledAt(opened, id, told.at(-1));
    const arrived = receiver.arrived;
    expect(failed).toBe(24);
    expect(positionsOf(arrived)).toEqual(told.flatMap((position) => [position, position, position]));
    expect(new Set(arrived.map(({ headers }) => headers['webhook-id'])).size).toBe(12);
    expect(receiver.atOnce()).toBe(1);
    expect(await stateOf(opened, id)).toMatchObject({ state: 'ACTIVE', failures: 0, failingSince: null });
    expect(opened.failures).toEqual([]);
  });

  test('several processes tell an endpoint one thing at a time, each once', async () => {
    const receiver = await receive();
    const [one] = await Promise.all([sender(), sender(), sender()]);
    const { id } = await register(one, receiver.url);
    const told: string[] = [];
    for (let i = 0; i < 20; i++) told.push(...(await tell(stage.db(), {}, {})));
    await settledAt(one, id, told.at(-1));
    expect(positionsOf(receiver.arrived)).toEqual(told);
    expect(receiver.atOnce()).toBe(1);
  });

  test('endpoints that hang hold up nobody else', async () => {
    const bad = await receive(() => 500);
    const good = await receive();
    const opened = await sender({
      pace: { concurrency: [4, 2], timeout: 20_000, lease: 60_000, grace: 0 },
    });
    // More of them than are sent to at a time.
    const all: { readonly id: string }[] = [];
    for (let i = 0; i < 12; i++) all.push(await register(opened, `${bad.url}/${i}`));
    const { id } = await register(opened, good.url);
    await tell(stage.db(), {});
    await until(async () => {
      const found = await Promise.all(all.map(({ id: one }) => stateOf(opened, one)));
      return found.every((one) => (one?.failures ?? 0) > 0);
    });
    let hanging = 0;
    bad.answer(() => {
      hanging++;
      return 'NEVER';
    });
    await until(() => Promise.resolve(hanging === 2));
    const told: string[] = [];
    for (let i = 0; i < 20; i++) {
      told.push(...(await tell(stage.db(), {})));
      await settledAt(opened, id, told.at(-1));
    }
    expect(positionsOf(good.arrived).slice(1)).toEqual(told);
    expect(hanging).toBe(2);
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await receive();
    const receiver = await receive(() => (response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    await tell(stage.db(), {});
    await receiver.first(3);
    const kept = await until(async () => (await opened.endpoints.deliveries([id], 1)).get(id));
    expect(kept[0]).toMatchObject({ status: 307, problem: 'REDIRECTED' });
    expect(elsewhere.arrived).toEqual([]);
  });

  test('an endpoint that never takes anything is given up, and says why', async () => {
    const receiver = await receive(() => 500);
    const opened = await sender({ pace: { giveUp: 100 } });
    const { id } = await register(opened, receiver.url);
    await tell(stage.db(), {});
    await until(async () => (await stateOf(opened, id))?.state === 'DISABLED');
    const found = await stateOf(opened, id);
    expect(found).toMatchObject({ reason: 'FAILING' });
    expect(found?.failures).toBe(receiver.arrived.length);
    const kept = (await opened.endpoints.deliveries([id], 100)).get(id);
    expect(kept).toHaveLength(Math.min(100, receiver.arrived.length));
    expect(kept?.[0]).toMatchObject({ status: 500, problem: 'REFUSED', took: expect.any(Number) });
  });

  test('410 disables an endpoint at once, and enabling it begins with what it missed', async () => {
    const receiver = await receive(() => 410);
    const opened = await sender();
    const { id } = await register(opened, receiver.url);
    const told = await tell(stage.db(), {}, {});
    await until(async () => (await stateOf(opened, id))?.state === 'DISABLED');
    expect(await stateOf(opened, id)).toMatchObject({ reason: 'GONE', nextAttemptAt: null });
    expect(receiver.arrived).toHaveLength(1);
    receiver.answer(() => 204);
    expect(await opened.webhooks.enable(id, false, asking())).toMatchObject({ refusals: [] });
    await settledAt(opened, id, told.at(-1));
    expect(positionsOf(receiver.arrived)).toEqual([told[0], ...told]);
    expect(await stateOf(opened, id)).toMatchObject({ state: 'ACTIVE', reason: null, failures: 0 });
  });
});
