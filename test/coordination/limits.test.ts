import { beforeAll, expect, test } from '@jest/globals';
import { setLimits } from '../../coordination/limits.ts';
import type { Db } from '../../runtime/db/index.ts';
import { withStores } from '../support/store.ts';
import { migrated } from './engine.ts';

withStores((open) => {
  let db: Db;
  beforeAll(async () => {
    db = await migrated(await open());
  });
  const limits = () =>
    db.query('select system, rate, burst, concurrency from coordination_pressure order by system');

  test('the limits of the configuration take the place of earlier ones, and a pause stays', async () => {
    await db.query(`insert into coordination_pressure (system, paused_until) values ('CRM', 'infinity')`);
    await setLimits(db, [
      { system: 'CRM', rate: 10, concurrency: null },
      { system: 'ERP', rate: null, concurrency: 3 },
    ]);
    expect(await limits()).toEqual([
      { system: 'CRM', rate: 10, burst: 10, concurrency: null },
      { system: 'ERP', rate: null, burst: null, concurrency: 3 },
    ]);
    await setLimits(db, []);
    expect(await limits()).toEqual([
      { system: 'CRM', rate: null, burst: null, concurrency: null },
      { system: 'ERP', rate: null, burst: null, concurrency: null },
    ]);
    expect(await db.query('select system, paused_until from coordination_pressure order by system')).toEqual([
      { system: 'CRM', paused_until: 'infinity' },
      { system: 'ERP', paused_until: '-infinity' },
    ]);
  });
});
