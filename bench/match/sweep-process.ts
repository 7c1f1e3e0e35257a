/** A process of its own that sweeps a store and tells what it took. Argument: where the store is. */
import { openDb } from '../../runtime/db/index.ts';
import { sweepOf, type SweepStep } from '../../identity/matching/sweep.ts';

/** What a whole sweep took. */
export interface SweepTaken {
  readonly seconds: number;
  /** CPU seconds of this process; with an embedded store that is all. */
  readonly cpu: number;
  /** Bytes of this process at its largest; before the sweep, and in it. */
  readonly before: number;
  readonly peak: number;
  readonly compared: number;
}

const at = process.argv[2] ?? '';
const db = await openDb(at.startsWith('postgres') ? { databaseUrl: at, connections: 2 } : { directory: at });
const sweep = sweepOf({ db, interval: 0, most: 10_000 });
const before = process.resourceUsage().maxRSS * 1024;
const began = performance.now();
let step: SweepStep;
do {
  step = await sweep.step();
  if (step.state === 'GOING_ON') process.send?.({ walked: step.walked, total: step.total });
} while (step.state === 'GOING_ON');
if (step.state !== 'ENDED') throw new Error(`the sweep is ${step.state}`);
const { user, system } = process.cpuUsage();
const taken: SweepTaken = {
  seconds: (performance.now() - began) / 1000,
  cpu: (user + system) / 1e6,
  ...{ before, peak: process.resourceUsage().maxRSS * 1024, compared: step.compared },
};
await db.close();
process.send?.({ taken });
