import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Journal } from '../../coordination/journal.ts';
import { startWorker } from '../../coordination/worker.ts';

test('a store that cannot be asked is left in peace until somebody looks again', async () => {
  let claims = 0;
  const failures: unknown[] = [];
  const unused = () => Promise.reject(new Error('nobody was to ask for this'));
  const journal: Journal = {
    ...({ lookup: unused, accept: unused, settle: unused, requeue: unused, close: unused } as const),
    ...({ pause: unused, recover: unused } as const),
    claim() {
      claims++;
      // A worker that asks without end would never let anybody else run.
      return claims > 10 ? new Promise(() => undefined) : Promise.reject(new Error('the store is away'));
    },
  };
  const worker = startWorker(
    {
      ...{
        journal,
        participants: new Map(),
        callTimeout: 1000,
        fingerprint: () => '',
        at: () => undefined,
        settled: () => undefined,
      },
      tolerance: { attempts: 3, pause: () => 0 },
      ...{ concurrency: 8, interval: 3_600_000, failed: (error) => failures.push(error) },
    },
    () => Promise.resolve([]),
  );
  worker.look();
  await setImmediate();
  expect(claims).toBe(1);
  worker.look();
  await setImmediate();
  expect(claims).toBe(2);
  expect(failures).toHaveLength(2);
  await worker.stop();
});
