import { median } from '../read/load.ts';
import type { BulkResult } from './bulk.ts';
import { start, type Child } from './child.ts';
import type { Contender, Store } from './contender.ts';
import type { Slice, Stretch } from './load.ts';
import type { places } from './places.ts';
import { breadths } from './updates.ts';

/** One contender under one kind of load: medians of the rounds. */
export interface Row extends Slice, Omit<Stretch, 'seconds'> {
  readonly contender: string;
  readonly store: Store;
}

export interface Result {
  readonly rows: readonly Row[];
  /** By store: statements from the call to the durable accept, at most. */
  readonly untilAccepted: Readonly<Partial<Record<Store, number>>>;
}

export interface Plan {
  readonly contenders: readonly Contender[];
  readonly stores: readonly Store[];
  readonly places: ReturnType<typeof places>;
  readonly rounds: number;
  /** Of one contender under one kind of load in one round. */
  readonly seconds: number;
  readonly concurrency: number;
  /** Milliseconds of each call to an owner. */
  readonly latency: number;
  readonly progress: (line: string) => void;
}

interface Entrant {
  readonly contender: Contender;
  readonly store: Store;
  readonly child: Child;
}

const own = 'own';
const warmUp = 2;

/** Starts everybody over a database of its own, and measures them in turn, round by round. */
export async function measure(plan: Plan): Promise<Result> {
  const entrants: Entrant[] = [];
  for (const store of plan.stores) {
    for (const contender of plan.contenders.filter((one) => one.stores.includes(store))) {
      const child = await start(contender, await plan.places.make(store), plan.latency);
      for (const breadth of breadths)
        await child.measure({ kind: 'confirm', breadth, concurrency: plan.concurrency, seconds: warmUp });
      entrants.push({ contender, store, child });
      plan.progress(`${contender.title} on ${store}: ready`);
    }
  }

  const slices: Row[] = [];
  async function slice(entrant: Entrant, load: Omit<Stretch, 'seconds'>): Promise<void> {
    const found = await entrant.child.measure({ ...load, seconds: plan.seconds });
    slices.push({ contender: entrant.contender.key, store: entrant.store, ...load, ...found });
  }
  for (let round = 1; round <= plan.rounds; round++) {
    for (const entrant of entrants.filter(({ contender }) => contender.key === own)) {
      await slice(entrant, { kind: 'insert', breadth: 1, concurrency: 1 });
      for (const breadth of breadths) await slice(entrant, { kind: 'accept', breadth, concurrency: 1 });
    }
    for (const breadth of breadths) {
      // In another order each round, so that nobody always follows the same one.
      for (const at of entrants.keys()) {
        const entrant = entrants[(at + round) % entrants.length] as Entrant;
        await slice(entrant, { kind: 'confirm', breadth, concurrency: plan.concurrency });
      }
    }
    plan.progress(`round ${round} of ${plan.rounds}`);
  }

  const untilAccepted: Partial<Record<Store, number>> = {};
  for (const { contender, store, child } of entrants) {
    if (contender.key === own) untilAccepted[store] = (await child.untilAccepted()) ?? NaN;
    await child.end();
  }
  return { rows: medians(slices), untilAccepted };
}

/** Interactive writes of the product beside its own bulk lane, store by store. */
export async function measureBulk(plan: Plan, updates: number): Promise<Partial<Record<Store, BulkResult>>> {
  const results: Partial<Record<Store, BulkResult>> = {};
  const product = plan.contenders.find(({ key }) => key === own);
  for (const store of product ? plan.stores : []) {
    const child = await start(product as Contender, await plan.places.make(store), plan.latency);
    await child.measure({ kind: 'confirm', breadth: 1, concurrency: plan.concurrency, seconds: warmUp });
    results[store] = await child.bulk({ updates, every: 25, quiet: 5 });
    await child.end();
    plan.progress(`bulk on ${store}: done`);
  }
  return results;
}

function medians(slices: readonly Row[]): readonly Row[] {
  const groups = Map.groupBy(slices, (one) => `${one.contender} ${one.store} ${one.kind} ${one.breadth}`);
  return [...groups.values()].map((group) => {
    const middle = (name: 'perSecond' | 'p50' | 'p99' | 'statements' | 'cpu') =>
      median(group.map((one) => one[name]));
    const server = group.flatMap(({ serverCpu }) => (serverCpu === null ? [] : [serverCpu]));
    return {
      ...(group[0] as Row),
      perSecond: middle('perSecond'),
      p50: middle('p50'),
      p99: middle('p99'),
      statements: middle('statements'),
      // Whoever else uses the server, and its own checkpoints, can only add to it.
      wal: Math.min(...group.map(({ wal }) => wal)),
      cpu: middle('cpu'),
      serverCpu: server.length === group.length ? median(server) : null,
    };
  });
}
