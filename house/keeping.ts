import type { GraphQLSchema } from 'graphql';
import { carryOut } from '../coordination/drift/carried.ts';
import { lookIn } from '../coordination/drift/look.ts';
import { ordersIn } from '../coordination/drift/order.ts';
import type { Keeping } from '../coordination/drift/terminal/work.ts';
import { inspectorOf, openCoordination, participantOf } from '../coordination/index.ts';
import { reach } from '../runtime/apart.ts';
import type { Config, Role } from '../runtime/config.ts';
import { Failure } from '../runtime/failure.ts';
import { guardsOf } from '../runtime/guards.ts';
import { createHttp } from '../runtime/http.ts';
import { createPass } from '../runtime/pass.ts';
import { buildSubgraph } from '../runtime/subgraph.ts';
import { createMetrics } from '../runtime/telemetry.ts';
import { existingStore } from '../runtime/terminal/store.ts';
import type { Screen } from '../runtime/terminal/progress.ts';
import { contractOf } from '../schema/load.ts';
import { systems } from '../subgraphs/index.ts';
import { storeOver } from '../subgraphs/store.ts';
import { limitsOf } from './governed.ts';
import { openSystems } from './systems.ts';

/** Milliseconds for one call to a system, about many records. */
const callTimeout = 15_000;

/**
 * The store of the settings, its systems, here or elsewhere, and who carries out writes to them: for a command, which
 * serves nothing.
 * @throws Failure NOT_FOUND, STORE_IN_USE or STORE_UNAVAILABLE
 */
export async function openKeeping(config: Config, err: Screen): Promise<Keeping> {
  const db = await existingStore(config);
  const http = createHttp();
  try {
    const [found] = await db.query<{ exists: boolean }>(
      `select to_regclass('coordination_drift_sweep') is not null as exists`,
    );
    if (found?.exists !== true)
      throw new Failure('NOT_FOUND', 'This store is of an earlier version; start the server once.');
    const store = await storeOver(db);
    const { identity, fingerprint } = store;
    const metrics = createMetrics();
    const here = systems.filter(({ name }) => !config.remotes.has(name as Role));
    const sandboxes = here.map(({ sandbox }) => sandbox(db));
    const guards = guardsOf(config, [...here.map(({ name }) => name), ...config.remotes.keys()], metrics);
    const schemas = new Map<string, GraphQLSchema>(
      openSystems(store, { here, sandboxes, guards, url: null }).map(({ name, resolvers }) => [
        name,
        buildSubgraph(contractOf(name).sdl, resolvers),
      ]),
    );
    const pass = config.passSecret && createPass(config.passSecret);
    const subgraph = reach({ here: schemas, elsewhere: config.remotes, guards, ...http, pass });
    const participants = new Map(
      systems.map(({ name, system }) => [system, participantOf(system, subgraph(name))]),
    );
    const inspectors = new Map(
      systems.map(({ name, system }) => [system, inspectorOf(system, subgraph(name))]),
    );
    const opened = await openCoordination({
      ...{ db, identity, participants, fingerprint, metrics, limits: limitsOf(config) },
      failed: (error) => {
        err.write(`A write failed on our side; it is taken up again: ${String(error)}\n`);
      },
    });
    const { worker } = opened.engine;
    const look = lookIn({ db, inspectors, callTimeout });
    const orders = ordersIn({
      ...{ db, participants, callTimeout },
      look: () => {
        worker.look();
      },
    });
    return {
      ...{ db, identity, look, policy: config.driftPolicy },
      carryOut: (signal) => carryOut({ db, identity, look, orders, policy: 'repair' }, signal),
      async close() {
        await opened.stop();
        await http.close();
        await db.close();
      },
    };
  } catch (error) {
    await http.close();
    await db.close();
    throw error;
  }
}
