import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { ask, ownFolder, readsOf, serve, setFaults, until, type Serving } from './house.ts';

const dataDir = ownFolder();
/** Milliseconds for one request. */
const patience = 500;
let house: Serving;

const open = async (settings: Readonly<Record<string, string>>): Promise<void> => {
  house = await serve({ DATA_DIR: dataDir, REQUEST_TIMEOUT_MS: String(patience), ...settings });
};
afterEach(() => house.stop());

/** A number out of the process's own metrics. */
async function metric(name: string): Promise<number> {
  const lines = (await (await fetch(`${house.url}/metrics`)).text()).split('\n');
  return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length));
}
const up = () => metric('system_up{system="erp"}');
const running = () => metric('system_calls{system="erp",state="running"}');

const throughErp = '{ customers(first: 1) { edges { node { name creditStatus } } } }';
const pastErp =
  '{ customers(first: 1, filter: { name: "Alfreds" }) { edges { node { name segment balance { amount } } } } }';

test('a system that never answers is left alone after some calls, tried by one, and called again when it is back', async () => {
  await open({ BREAKER_FAILURES: '3', BREAKER_OPEN_MS: '2000' });
  const unavailable = {
    status: 200,
    data: { customers: { edges: [{ node: { name: expect.any(String), creditStatus: null } }] } },
    errors: [
      {
        path: ['customers', 'edges', 0, 'node', 'creditStatus'],
        extensions: { code: 'SYSTEM_UNAVAILABLE', system: 'erp' },
      },
    ],
  };
  const leftAlone = { errors: [{ extensions: { retryAfter: expect.any(Number) } }] };
  const askers = () => Promise.all(Array.from({ length: 20 }, () => ask(house, throughErp)));
  const before = await readsOf(house, 'erp');
  const reads = async () => (await readsOf(house, 'erp')) - before;

  await setFaults(house, 'erp', [{ kind: 'blackHole' }]);
  for (let calls = 1; calls <= 3; calls++) {
    expect(await up()).toBe(1);
    expect(await ask(house, throughErp)).toMatchObject(unavailable);
    expect(await reads()).toBe(calls);
  }
  expect(await up()).toBe(0);
  for (const answer of await askers()) {
    expect(answer).toMatchObject(unavailable);
    expect(answer).toMatchObject(leftAlone);
  }
  expect(await reads()).toBe(3);

  // Of those who ask when its time is over one tries, and the others do not wait for what it finds.
  await until(async () => {
    for (const answer of await askers()) expect(answer).toMatchObject(unavailable);
    return (await reads()) > 3;
  });
  expect(await reads()).toBe(4);
  expect(await up()).toBe(0);

  await setFaults(house, 'erp', []);
  expect(await ask(house, throughErp)).toMatchObject(unavailable);
  await until(async () => (await ask(house, throughErp)).errors.length === 0);
  expect(await reads()).toBe(5);
  expect(await up()).toBe(1);
  for (const { errors } of await askers()) expect(errors).toEqual([]);
});

test('a system that takes five seconds does not slow down queries that do not touch it', async () => {
  // Time enough for a query past the ERP on a machine that does other things as well, and less than the ERP takes.
  await open({ BREAKER_FAILURES: '1000', SYSTEM_CONCURRENCY: '8', REQUEST_TIMEOUT_MS: '2000' });
  const ended = new AbortController();
  const callers = Array.from({ length: 24 }, (_, i) => call(i / 24, ended.signal));
  const ratios: number[] = [];
  try {
    // A stall of the machine can spoil a series, a missing bulkhead spoils each of them a hundredfold.
    while (ratios.length < 3 && !ratios.some((ratio) => ratio < 2)) ratios.push(await series());
  } finally {
    ended.abort();
    await Promise.all(callers);
  }
  expect(Math.min(...ratios)).toBeLessThan(2);
}, 120_000);

/** A caller of the ERP that asks at a pace of its own, as often while the ERP is slow as while it is not. */
async function call(phase: number, ended: AbortSignal): Promise<void> {
  await pause(phase * patience);
  while (!ended.aborted) await Promise.all([ask(house, throughErp), pause(patience)]);
}

/** The p99 of queries past the ERP while it is slow, over that while it is not; rounds of both by turns. */
async function series(): Promise<number> {
  const [well, slow]: [number[], number[]] = [[], []];
  for (let round = 0; round < 8; round++) {
    await setFaults(house, 'erp', []);
    await until(async () => (await running()) < 8);
    await measure(well);
    await setFaults(house, 'erp', [{ kind: 'latency', delay: 5000 }]);
    await until(async () => (await running()) === 8);
    await measure(slow);
    if (quantile(slow, 0.5) > 2 * quantile(well, 0.99)) break; // hopeless already
    await until(async () => (await running()) === 8);
  }
  return quantile(slow, 0.99) / quantile(well, 0.99);
}

/** Adds the milliseconds that each of 75 queries took. */
async function measure(times: number[]): Promise<void> {
  for (let i = 0; i < 75; i++) {
    const began = performance.now();
    const { errors } = await ask(house, pastErp);
    times.push(performance.now() - began);
    expect(errors).toEqual([]);
  }
}

const quantile = (times: readonly number[], part: number): number =>
  [...times].sort((a, b) => a - b)[Math.ceil(times.length * part) - 1] ?? NaN;
