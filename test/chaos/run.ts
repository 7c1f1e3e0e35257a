import { setTimeout as pause } from 'node:timers/promises';
import type { Boundary } from '../../coordination/drive.ts';
import { drawsOf } from '../../subgraphs/seed/population/draws.ts';
import { check } from './check.ts';
import type { Claim, Told } from './claims.ts';
import { insist } from './client.ts';
import { blows, nextDisruption } from './disruptions.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { faultsOf, furnish, lateBy, setFaults, type Furnished } from './furnish.ts';
import { readHistory } from './history.ts';
import { startMember } from './member.ts';
import type { Mutant, WorkerOrder } from './messages.ts';
import { newcomers, newcomersAmong } from './newcomers.ts';
import { checkAdmissions, type Admissions } from './onboarded.ts';
import { paceOf, type Pace } from './pace.ts';
import { entriesOf, isLiving, recordsOf } from './records.ts';
import { startSteward, type Steward } from './steward.ts';
import type { Violation } from './verdict.ts';
import { workload } from './workload.ts';

export interface RunOrder {
  readonly writes: number;
  readonly kills: number;
  readonly seed: number;
  readonly workers: number;
  readonly store: WorkerOrder['store'];
  readonly mutant: Mutant | null;
  /** Whether the billing system forgets idempotency keys; then nothing comes late there. */
  readonly keyless?: boolean;
  /** Whether there are new customers among the writes: there are, where it is absent. */
  readonly onboarding?: boolean;
  /** How often the database ends in the middle, spread over the writes; never where absent. */
  readonly restarts?: number;
  readonly restart?: (how: 'fast' | 'immediate') => Promise<void>;
  /** The file of this folder that a worker runs. */
  readonly file: string;
  /** Told how many writes have their answer. */
  readonly answered: (count: number) => void;
  /** Aborted when the run is to be given up. */
  readonly signal?: AbortSignal;
}

/** What a run came to. */
export interface Outcome extends Pick<Admissions, 'onboardings'> {
  readonly violations: readonly Violation[];
  readonly told: readonly Told[];
  readonly claims: readonly Claim[];
  /** Effects that the owners had. */
  readonly effects: number;
  /** Records that the owners made for new customers, and those of them that they took away again. */
  readonly records: { readonly made: number; readonly withdrawn: number };
  /** How often workers were killed and paused, by boundary; `''` counts those at no boundary. */
  readonly killed: ReadonlyMap<string, number>;
  readonly paused: ReadonlyMap<string, number>;
  /** How often the database ended, and within how many milliseconds all of them. */
  readonly restarts: { readonly count: number; readonly within: number };
}

const names = ['crm', 'erp', 'billing'] as const;
const customers = 24;
const concurrency = 24;
/** Milliseconds of a worker's lease: short, so that there is time to outlast it. */
const lease = 2400;
/** Milliseconds after which writes that are still open are given up. */
const patience = 120_000;

/** Writes, and kills who writes; then holds everybody to what the owners know. Ends every process that it starts. */
export async function run(order: RunOrder): Promise<Outcome> {
  const { seed, writes, store, mutant, workers, file, keyless = false } = order;
  const boundaries = new Set<string>();
  let heard: (url: string) => void;
  const served = new Promise<string>((resolve) => (heard = resolve));
  const owners = startMember('owners.ts', { seed, keyless }, (notice) => {
    if (notice.notice === 'ready') heard(notice.url ?? '');
  });
  let fleet: Fleet | undefined;
  try {
    const url = await Promise.race([served, owners.ended.then(broke)]);
    const furnished = await furnish(url, seed, customers, newcomersAmong(writes));
    fleet = startFleet({
      file,
      workers,
      worker: { owners: url, store, mutant, lease },
      boundary: (name) => boundaries.add(name),
    });
    return await Promise.race([
      under(order, { url, fleet, boundaries, furnished }),
      fleet.broken,
      givenUp(order.signal),
      owners.ended.then(broke),
    ]);
  } finally {
    await fleet?.end();
    owners.signal('SIGKILL');
    await owners.ended;
  }
}

/** Rejects when the run is to be given up; otherwise never ends. */
function givenUp(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => {
      reject(new Error('given up'));
    };
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { once: true });
  });
}

function broke(how: string): never {
  throw new Error(how);
}

interface Scene {
  /** Where the owners are. */
  readonly url: string;
  readonly fleet: Fleet;
  readonly boundaries: ReadonlySet<string>;
  readonly furnished: Furnished;
}

async function under(order: RunOrder, { url, fleet, boundaries, furnished }: Scene): Promise<Outcome> {
  const { writes, seed, keyless = false } = order;
  const { enrolments, customers, accounts } = furnished;
  await (await fleet.pick()).ask('enrol', enrolments);
  for (const name of names) await setFaults(url, name, faultsOf(name, keyless));
  const pace = paceOf(writes, blowsOf(order).length);
  const restarting = paceOf(writes, order.restarts ?? 0);
  const mayBeSent = async (index: number): Promise<void> => {
    await pace.mayBeSent(index);
    await restarting.mayBeSent(index);
  };
  const steward = startSteward({
    ...{ fleet, mayBeSent, draws: drawsOf(seed, 6, 0) },
    newcomers: order.onboarding === false ? [] : newcomers({ writes, seed, accounts }),
  });
  const [told, admitted, met, restarts] = await Promise.all([
    insist({
      fleet,
      submissions: workload({ writes, seed, customers }),
      concurrency,
      draws: drawsOf(seed, 3, 0),
      mayBeSent,
      answered: (count) => {
        pace.answered(count);
        restarting.answered(count);
        order.answered(count);
      },
    }),
    steward.admit(),
    disrupted(order, fleet, boundaries, pace),
    restarted(order, restarting),
  ]);
  for (const name of names) await setFaults(url, name, []);
  await settled(fleet, steward);
  await steward.leave();
  await pause(2 * lateBy); // what comes late has come by then
  const claims = await (await fleet.pick()).ask('claims', null);
  const lame = await (await fleet.pick()).ask('lame', null);
  const onboardings = await (await fleet.pick()).ask('onboardings', 'ALL');
  const whole = await readHistory(url, names);
  const ofNewcomers = entriesOf(whole, accounts);
  const history = whole.filter((entry) => !ofNewcomers.includes(entry));
  const made = recordsOf(ofNewcomers, accounts).filter(({ seeded }) => !seeded);
  return {
    violations: [
      ...check({ history, told, claims, lame, crashes: fleet.crashes() }),
      ...checkAdmissions({ history: whole, admitted, onboardings }),
    ],
    ...{ told, claims, onboardings },
    effects: history.filter(({ kind }) => kind === 'UPDATE').length,
    records: { made: made.length, withdrawn: made.filter((record) => !isLiving(record)).length },
    killed: met.SIGKILL,
    paused: met.SIGSTOP,
    restarts,
  };
}

/** Only a worker that sleeps through its lease and goes on shows that nothing else holds it back than the epoch. */
function blowsOf({ kills, mutant }: RunOrder): ReturnType<typeof blows> {
  return blows(kills, mutant === 'no-epoch' ? 1 : 4);
}

/** Where a worker is about to store what an owner has said: without an epoch it does so even after it has overslept. */
const beforeStoring: ReadonlySet<string> = new Set(['called', 'undone'] satisfies Boundary[]);

/** Spreads the blows over the writes. */
async function disrupted(order: RunOrder, fleet: Fleet, boundaries: ReadonlySet<string>, pace: Pace) {
  const draws = drawsOf(order.seed, 4, 0);
  const met = { SIGKILL: new Map<string, number>(), SIGSTOP: new Map<string, number>() };
  const sleeps = order.mutant === 'no-epoch';
  for (const [i, how] of blowsOf(order).entries()) {
    await pace.mayFall(i);
    const known = [...boundaries].filter((name) => !sleeps || how !== 'SIGSTOP' || beforeStoring.has(name));
    for (const { boundary } of await fleet.disrupt(nextDisruption(how, draws, known, met))) {
      const name = boundary ?? '';
      met[how].set(name, (met[how].get(name) ?? 0) + 1);
    }
    pace.fallen(i + 1);
  }
  return met;
}

/** Ends the database and starts it again, as by a stop and as by a crash in turn. */
async function restarted({ restarts = 0, restart }: RunOrder, pace: Pace): Promise<Outcome['restarts']> {
  let first: number | undefined;
  for (let i = 0; restart && i < restarts; i++) {
    await pace.mayFall(i);
    first ??= performance.now();
    await restart(i % 2 === 0 ? 'fast' : 'immediate');
    pace.fallen(i + 1);
  }
  return { count: restart ? restarts : 0, within: performance.now() - (first ?? performance.now()) };
}

/** Waits until no write and no onboarding is open, or until it has taken too long: then those that are open are lost. */
async function settled(fleet: Fleet, steward: Steward): Promise<void> {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const open = await (await fleet.pick()).ask('open', null).catch(() => null);
    if (open === 0 && (await steward.open().catch(() => null)) === 0) return;
    await pause(200);
  }
}
