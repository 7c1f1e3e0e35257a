import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import type { Change } from '../../events/change.ts';
import { captureInto, eventsMigrations, logIn } from '../../events/index.ts';
import { loadMigrations, migrate, openDb, type Db, type Queryable } from '../../runtime/db/index.ts';
import { createDatabase, onPostgres } from '../support/store.ts';
import { allOf, startEvents, state } from './stage.ts';

const writers = 8;
/** Transactions of each writer, and changes in each. */
const [transactions, each] = [250, 5];
const total = writers * transactions * each;

/** What is wrong with a log that should tell of each writer's record in all of its versions. */
function wrongIn(changes: readonly Change[]): string[] {
  const wrong: string[] = [];
  changes.forEach(({ position }, n) => {
    if (position !== `${n + 1}`) wrong.push(`position ${n + 1} is ${position}`);
  });
  const records = Map.groupBy(changes, ({ key }) => key);
  for (let writer = 0; writer < writers; writer++) {
    const own = records.get(`w-${writer}`) ?? [];
    const versions = own.map(({ version }) => Number(version));
    for (let n = 1; n <= transactions * each; n++) {
      const times = versions.filter((version) => version === n).length;
      if (times !== 1) wrong.push(`version ${n} of writer ${writer} was told ${times} times`);
    }
    own.forEach(({ previousVersion }, n) => {
      if (previousVersion !== (own[n - 1]?.version ?? null))
        wrong.push(`writer ${writer}: ${n} out of order`);
    });
    if (versions.some((version, n) => version < (versions[n - 1] ?? 0)))
      wrong.push(`writer ${writer} reordered`);
  }
  return wrong;
}

/** Eight writers whose transactions commit late, each in its own time, while changes are told. */
async function write(
  db: Db,
  start: () => Promise<readonly Awaited<ReturnType<typeof startEvents>>[]>,
): Promise<readonly Change[]> {
  await migrate(db, await loadMigrations([fileURLToPath(eventsMigrations)]));
  const running = await start();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let t = 0; t < transactions; t++) {
        await db.transaction(async (tx) => {
          const first = t * each + 1;
          await captureInto(
            tx,
            Array.from({ length: each }, (__, n) => state(`w-${writer}`, first + n)),
          );
          await wait(Math.random() * 8);
        });
      }
    }),
  );
  for (const one of running) await one.stop();
  expect(running.flatMap(({ faults }) => faults)).toEqual([]);
  return allOf(logIn(db));
}

onPostgres(() => {
  const opened: Db[] = [];
  afterAll(() => Promise.all(opened.map((db) => db.close())));
  const open = async (): Promise<readonly [Db, Db]> => {
    const databaseUrl = await createDatabase();
    const stores = [
      await openDb({ databaseUrl, connections: writers + 2 }),
      await openDb({ databaseUrl, connections: 4 }),
    ] as const;
    opened.push(...stores);
    return stores;
  };

  test(`eight writers that commit late, ${total} changes, two sequencers: no gap, no repeat, in order`, async () => {
    const [db, second] = await open();
    const changes = await write(db, () => Promise.all([startEvents(db), startEvents(second)]));
    expect(wrongIn(changes)).toEqual([]);
    expect(changes).toHaveLength(total);
  });

  test('a sequencer that reads the outbox by "id > cursor" is caught', async () => {
    const [db, second] = await open();
    const changes = await write(db, () => Promise.all([startEvents(readingByCursor(second))]));
    expect(wrongIn(changes)).not.toEqual([]);
    expect(changes.length).toBeLessThan(total);
  });
});

/** A store in which the outbox is read as a feed must never be read. */
function readingByCursor(db: Db): Db {
  let cursor = 0n;
  return {
    ...db,
    transaction: (work) =>
      db.transaction((tx) => {
        const query = async <Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> => {
          if (!sql.includes('select id, draft from events_outbox')) return tx.query<Row>(sql, parameters);
          const mutated = sql.replace('where', `where id > ${cursor} and`);
          const rows = await tx.query<Row & { id: string }>(mutated, parameters);
          for (const { id } of rows) if (BigInt(id) > cursor) cursor = BigInt(id);
          return rows;
        };
        return work({ ...tx, query } satisfies Queryable);
      }),
  };
}
