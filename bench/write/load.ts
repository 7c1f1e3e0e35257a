import { percentile } from '../read/load.ts';
import type { Running } from './contender.ts';
import { updateAt, type Breadth } from './updates.ts';
import { cpuOf, serverTime } from './cpu.ts';

/** What is done again and again: an update until its confirmed end, until it is accepted, or a bare insert. */
export type Kind = 'confirm' | 'accept' | 'insert';

/** A stretch of load on one contender. */
export interface Stretch {
  readonly kind: Kind;
  readonly breadth: Breadth;
  /** Under way at a time. */
  readonly concurrency: number;
  readonly seconds: number;
}

/** What a stretch came to; per write where nothing else is said. */
export interface Slice {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly statements: number;
  /** Bytes of WAL of the whole server: others that use it only add to them. */
  readonly wal: number;
  /** Microseconds of the contender's process. */
  readonly cpu: number;
  /** Microseconds of the server's processes that work for it; null where they cannot be seen. */
  readonly serverCpu: number | null;
}

/** Load on one contender, in its own process. The numbers of its updates go on from stretch to stretch. */
export function loadOn(running: Running) {
  let next = 0;

  /** Runs one kind of write, so many at a time, until the time is up; gives the sorted latencies in milliseconds. */
  async function run({ kind, breadth, concurrency, seconds }: Stretch): Promise<Float64Array> {
    const write = running[kind];
    if (!write) throw new Error(`it does not ${kind}`);
    const ends = performance.now() + seconds * 1000;
    const latencies: number[] = [];
    const one = async (): Promise<void> => {
      for (let began = performance.now(); began < ends; began = performance.now()) {
        await write(updateAt(next++, breadth));
        latencies.push(performance.now() - began);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, one));
    return Float64Array.from(latencies).sort();
  }

  return {
    run,
    nextUpdate: (breadth: Breadth) => updateAt(next++, breadth),
    async measure(stretch: Stretch): Promise<Slice> {
      const before = await readingOf(running);
      const began = performance.now();
      const latencies = await run(stretch);
      await running.idle?.();
      const took = (performance.now() - began) / 1000;
      const after = await readingOf(running);
      const writes = latencies.length;
      const server = serverTime(before.cpu, after.cpu);
      return {
        perSecond: writes / took,
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
        statements: (after.statements - before.statements) / writes,
        wal: (after.wal - before.wal) / writes,
        cpu: (after.cpu.process - before.cpu.process) / writes,
        serverCpu: server === null ? null : server / writes,
      };
    },
  };
}

async function readingOf(running: Running) {
  const [row] = await running.ask<{ wal: string }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as wal`,
  );
  return { statements: running.statements(), wal: Number(row?.wal), cpu: await cpuOf(running) };
}
