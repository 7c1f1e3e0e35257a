import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import type { Boundary } from '../../coordination/workflows/drive.ts';
import { begun, erasure } from '../../coordination/workflows/erasing/index.ts';
import { placesOf } from '../erasure/search.ts';
import { canaries, type Canaries } from '../erasure/subject.ts';
import { withStores } from '../support/store.ts';
import { ended, openStage, type Stage } from './stage.ts';

withStores((open) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(await open());
  });

  /** A customer with something to say, whose erasure a second person has agreed to. */
  async function agreed(words: Canaries) {
    const name = words.word('name');
    const entityId = await stage.account({ Name: name, Industry: words.word('line of business') });
    await stage.db.query(`update identity_customer set name = $2 where id = $1`, [entityId, name]);
    const id = randomUUID();
    const memory = { ...begun, looked: true, approvedBy: 'somebody else' };
    await stage.store.start(
      {
        ...{ id, kind: erasure.kind, entity: 'Customer', entityId, stage: 'GUARDS', memory },
        ...{ subject: 'tester', key: id, hash: '', requestedBy: 'tester', reason: 'a test' },
        ...{ correlationId: 'test', traceparent: null },
      },
      [],
    );
    return { id, entityId };
  }

  async function outcome({ id, entityId }: Awaited<ReturnType<typeof agreed>>, words: Canaries) {
    const { state } = await stage.view(id);
    const [told] = await stage.db.query<{ count: number }>(
      `select count(*)::int as count from events_outbox where draft ->> 'entityId' = $1 and draft ->> 'fate' = 'ERASED'`,
      [entityId],
    );
    return {
      state,
      places: await placesOf(stage.db, words),
      history: await stage.history(entityId),
      found: (await stage.identity.crosswalk.registrations([entityId])).size,
      told: (told?.count ?? 0) > 0,
    };
  }

  const erased = {
    ...{ state: 'SUCCEEDED', places: [], found: 0, told: true },
    history: ['crm_account CREATE', 'crm_account DELETE'],
  };

  test('a process that ends at any boundary leaves an erasure that ends the same', async () => {
    const seen: Boundary[] = [];
    const words = canaries();
    const first = await agreed(words);
    await stage.process({ at: (boundary) => void seen.push(boundary) }).carryOn();
    expect(await outcome(first, words)).toEqual(erased);
    expect(new Set(seen)).toEqual(new Set(['claimed', 'done', 'settled']));
    for (const [n] of seen.entries()) {
      // The statements are the same ones: a server is asked at every third place.
      if (stage.db.kind === 'postgres' && n % 3 !== 0) continue;
      const marks = canaries();
      const one = await agreed(marks);
      let left = n;
      const dying = stage.process({
        at() {
          if (left-- === 0) throw ended;
        },
      });
      await dying.carryOn().catch((error: unknown) => {
        if (error !== ended) throw error;
      });
      await stage.leasesEnd();
      await stage.process().carryOn();
      expect([n, await outcome(one, marks)]).toEqual([n, erased]);
    }
  });
});
