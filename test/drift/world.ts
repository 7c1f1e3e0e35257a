import { fileURLToPath } from 'node:url';
import {
  coordinationMigrations,
  busyWith,
  inspectorOf,
  noteOfCopies,
  participantOf,
} from '../../coordination/index.ts';
import { lookAtSuspects, orderRepairs } from '../../coordination/drift/carry.ts';
import { driftDecided } from '../../coordination/drift/decided.ts';
import type { Inspector } from '../../coordination/drift/inspector.ts';
import { lookIn } from '../../coordination/drift/look.ts';
import { openDrift, type DriftOptions, type OpenedDrift } from '../../coordination/drift/open.ts';
import { ordersIn } from '../../coordination/drift/order.ts';
import { sweepOf, type SweepOptions, type SweepStep } from '../../coordination/drift/sweep.ts';
import type { Participant } from '../../coordination/participant.ts';
import type { DriftPolicy } from '../../coordination/drift/verdict.ts';
import { intakeOf, type Intake } from '../../events/index.ts';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { localSubgraph } from '../../runtime/executor.ts';
import { createGuard } from '../../runtime/guard.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { createMetrics } from '../../runtime/telemetry.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import { contractOf } from '../../schema/load.ts';
import type { Continue, StoredItem } from '../../steward/index.ts';
import { crossingOf } from '../../subgraphs/crossing.ts';
import { systems } from '../../subgraphs/index.ts';
import { readFeeds } from '../../subgraphs/seed/feeds.ts';
import { seedSynthetic } from '../../subgraphs/seed/synthetic.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';
import type { WireRequest } from '../../subgraphs/wire.ts';
import { witnessOf } from '../../subgraphs/watch.ts';
import { processOf, type Process } from '../coordination/engine.ts';

/** A system that keeps copies, as a person works with it. */
type Keeper = 'ERP' | 'BILLING';

/** Customers in three sandboxes, and one process that looks after copies: only when a test says so. */
export interface World {
  readonly store: Store;
  readonly process: Process;
  readonly inspectors: ReadonlyMap<SystemName, Inspector>;
  /** Customers that all three systems have. */
  readonly ids: readonly string[];
  /** An edit by hand, in the system itself. */
  edit(keeper: Keeper, id: string, fields: Readonly<Record<string, unknown>>): Promise<void>;
  /** What a system's record has by its own API. */
  record(keeper: Keeper, id: string): Promise<Readonly<Record<string, unknown>>>;
  /** A sweep from its beginning to its end, or on to its end. */
  sweep(policy?: DriftPolicy, given?: Partial<SweepOptions>): Promise<Swept>;
  step(given?: Partial<SweepOptions>): Promise<SweepStep>;
  /** Everything that the systems tell of themselves is taken in. */
  feed(): Promise<void>;
  /** Everything that was seen is looked at, whenever it is due. */
  suspects(policy?: DriftPolicy): Promise<void>;
  /** Everything that is to be repaired is ordered and written. */
  repair(): Promise<void>;
  readonly decided: Continue;
  readonly participants: ReadonlyMap<SystemName, Participant>;
  /** A server that looks after copies by itself; nobody carries out what it orders. */
  server(given: Partial<DriftOptions>): OpenedDrift;
  items(): Promise<readonly StoredItem[]>;
  /** Copies that differ, as `ID/SYSTEM/attribute STATE`. */
  differences(): Promise<readonly string[]>;
  /** Has a system refuse every write, until it is called. */
  refusing(keeper: Keeper): () => boolean;
  /** All copies are as their owners have them; nothing is known and nothing is asked any more. */
  right(): Promise<void>;
}

type Swept = Extract<SweepStep, { state: 'ENDED' | 'GOING_ON' }>;

const patch: Readonly<Record<Keeper, (key: string) => WireRequest>> = {
  ERP: (key) => ({
    ...{ method: 'PATCH', path: `/odata/v1/A_BusinessPartner/${key}` },
    headers: { 'if-match': '*' },
  }),
  BILLING: (key) => ({ method: 'POST', path: `/v1/customers/${key}`, headers: {} }),
};

const call = { correlationId: 'by hand', signal: AbortSignal.timeout(600_000) };

export async function openWorld(db: Db, customers: number): Promise<World> {
  const store = await prepared(db);
  const { identity, fingerprint } = store;
  await migrate(db, await loadMigrations([fileURLToPath(coordinationMigrations)]));
  await seedSynthetic({ ...store, customers, seed: 7 });
  await readFeeds(store);
  const sandboxes = systems.map(({ sandbox }) => sandbox(db));
  const wireOf = (system: SystemName) => {
    const wire = sandboxes[systems.findIndex((one) => one.system === system)]?.wire;
    if (!wire) throw new Error('a system has a sandbox');
    return wire;
  };
  const opened = systems.map((system) => {
    const guard = createGuard({
      ...{ system: system.name, concurrency: 10, queue: 10, attempts: 1 },
      breaker: { failures: 1_000, openFor: 10 },
    });
    const crossing = crossingOf(identity, system.system);
    const one = system.open(wireOf(system.system), { guard, crossing, fingerprint, site: null });
    const subgraph = localSubgraph(system.name, buildSubgraph(contractOf(system.name).sdl, one.resolvers));
    return {
      feed: one.feed,
      participant: participantOf(one.system, subgraph),
      inspector: inspectorOf(one.system, subgraph),
    };
  });
  const refusing = new Set<SystemName>();
  const participants = opened.map(({ participant }): Participant => ({
    ...participant,
    apply: async (order, given) =>
      refusing.has(participant.system)
        ? { status: 'REFUSED', causes: [{ code: 'INVALID_VALUE', message: 'no' }] }
        : participant.apply(order, given),
  }));
  const inspectors = new Map(opened.map(({ inspector }) => [inspector.system, inspector]));
  const process = processOf(db, participants);
  const bySystem = new Map(participants.map((one) => [one.system, one]));
  const callTimeout = 10_000;
  const look = lookIn({ db, inspectors, callTimeout });
  const orders = ordersIn({
    ...{ db, callTimeout, look: () => undefined },
    participants: bySystem,
  });
  const capture = intakeOf({ entity: 'Customer', busy: busyWith });
  const note = noteOfCopies('Customer');
  const intake: Intake = async (tx, observed) => {
    await capture(tx, observed);
    await note(tx, observed.system, observed.changes);
  };
  const keyOf = async (system: SystemName, id: string): Promise<string> => {
    const keys = (await identity.crosswalk.keysOf([id])).get(id);
    const key = keys?.[system];
    if (key === undefined) throw new Error('the system has no record of it');
    return key;
  };
  const all = await identity.members({ after: null, limit: customers });
  const keys = await identity.crosswalk.keysOf(all);
  const sweepWith = (policy: DriftPolicy, given: Partial<SweepOptions>) =>
    sweepOf({ db, identity, entity: 'Customer', look, policy, interval: 0, most: 50, ...given });

  async function forget(): Promise<void> {
    for (const table of ['drift', 'drift_suspect', 'drift_found'])
      await db.query(`delete from coordination_${table}`);
    await db.query('delete from steward_item');
  }

  const world: World = {
    store,
    process,
    inspectors,
    participants: bySystem,
    ids: all.filter((id) => keys.get(id)?.ERP !== undefined && keys.get(id)?.BILLING !== undefined),
    async edit(keeper, id, fields) {
      const request = patch[keeper](await keyOf(keeper, id));
      const answer = await wireOf(keeper)({ ...request, body: fields }, call);
      if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    },
    async record(keeper, id) {
      const { path } = patch[keeper](await keyOf(keeper, id));
      return (await wireOf(keeper)({ method: 'GET', path }, call)).body as Record<string, unknown>;
    },
    async sweep(policy = 'ask', given = {}) {
      const sweep = sweepWith(policy, given);
      for (;;) {
        const step = await sweep.step();
        if (step.state === 'ENDED') return step;
        if (step.state !== 'GOING_ON') throw new Error(step.state);
      }
    },
    step: (given = {}) => sweepWith('ask', given).step(),
    async feed() {
      for (const { feed } of opened) {
        const held = await identity.hold(feed, witnessOf(db, feed.system, intake));
        await held?.catchUp(new AbortController().signal);
        await held?.release();
      }
    },
    async suspects(policy = 'ask') {
      await db.query('update coordination_drift_suspect set due = clock_timestamp()');
      await lookAtSuspects({ db, identity, look, policy }, () => false);
    },
    async repair() {
      await orderRepairs({ db, identity, look, orders, policy: 'repair' }, () => false);
      await process.carryOn();
    },
    decided: driftDecided(db, orders),
    server: (given) =>
      openDrift({
        ...{ db, identity, participants: bySystem, inspectors, policy: 'ask', sweepInterval: 0 },
        ...{ metrics: createMetrics(), look: () => undefined },
        failed: (error) => {
          throw error;
        },
        ...given,
      }),
    items: () =>
      db.query<StoredItem>(
        `select id, kind, key, entity, entity_ids as "entityIds", sides, evidence, waiting, state
         from steward_item where state <> 'CLOSED' order by key`,
      ),
    async differences() {
      const rows = await db.query<{ line: string }>(
        `select entity_id || '/' || system || '/' || attribute || ' ' || state as line
         from coordination_drift order by 1`,
      );
      return rows.map(({ line }) => line);
    },
    refusing(keeper) {
      refusing.add(keeper);
      return () => refusing.delete(keeper);
    },
    async right() {
      await forget();
      await world.sweep('repair');
      await world.repair();
      await world.feed();
      await forget();
    },
  };
  return world;
}
