import { readFileSync } from 'node:fs';
import type { Running } from './contender.ts';

export interface Cpu {
  /** Microseconds of this process. */
  readonly process: number;
  /** Microseconds of each process of the server that works for it; null where it cannot be seen. */
  readonly server: ReadonlyMap<number, number | null>;
}

/** Microseconds of one tick of the kernel's clock, by which it counts the time of processes. */
const tick = 10_000;

/** What this process has used, and what the server's processes for its database have; seen only on the same Linux. */
export async function cpuOf(running: Running): Promise<Cpu> {
  const { user, system } = process.cpuUsage();
  const backends = await running.ask<{ pid: number }>(
    "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'",
  );
  const server = new Map(backends.map(({ pid }) => [pid, timeOf(pid)]));
  return { process: user + system, server };
}

/** Microseconds of the server between two readings; null where they cannot be seen. */
export function serverTime(before: Cpu, after: Cpu): number | null {
  let sum = 0;
  for (const [pid, time] of after.server) {
    if (time === null) return null;
    sum += time - (before.server.get(pid) ?? 0);
  }
  return after.server.size > 0 ? sum : null;
}

function timeOf(pid: number): number | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    if (!line.includes('(postgres)')) return null;
    // Behind the name, which may hold anything: utime and stime are the 14th and 15th fields.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tick;
  } catch {
    return null;
  }
}
