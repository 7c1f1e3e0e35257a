import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { takeTurn } from '../../identity/enrol.ts';
import { requestContext } from '../../runtime/context.ts';
import { crossingOf } from '../../subgraphs/crossing.ts';
import { prepared } from '../../subgraphs/store.ts';
import { withStores } from '../support/store.ts';

/** A request that nobody waits for after so many milliseconds. */
const within = (timeout: number) => requestContext({ timeout, signal: new AbortController().signal });

withStores((open) => {
  test('a process that wakes up after another has withdrawn what it made does not give the record back to the customer', async () => {
    const { identity } = await prepared(await open());
    const crossing = crossingOf(identity, 'ERP');
    const id = randomUUID();
    // It has made the record, and is asleep; another finds it, has it withdrawn, and tells the register both times.
    await crossing.link(within(10_000), id, 'p1');
    await crossing.unlink(within(10_000), id, 'p1');
    // It wakes up: its time was over before anybody could take over.
    await expect(crossing.link(within(-1), id, 'p1')).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await crossing.keysOf(within(10_000), [id])).toEqual([null]);
  });

  test('one whose time is over before its turn comes does not either', async () => {
    const { identity, db } = await prepared(await open());
    const crossing = crossingOf(identity, 'ERP');
    const id = randomUUID();
    const over = AbortSignal.timeout(50);
    const context = within(50);
    const begun = Promise.withResolvers<undefined>();
    const before = db.transaction(async (tx) => {
      await takeTurn(tx);
      begun.resolve(undefined);
      await once(over, 'abort');
    });
    await begun.promise;
    await expect(crossing.link(context, id, 'p1')).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await before;
    expect(await crossing.keysOf(within(10_000), [id])).toEqual([null]);
  });
});
