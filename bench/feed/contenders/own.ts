import { fileURLToPath } from 'node:url';
import {
  baselineInto,
  captureInto,
  eventsMigrations,
  eventsSubgraph,
  fingerprinterOf,
  fingerprintSecret,
  openEvents,
  type Draft,
} from '../../../events/index.ts';
import { createEngine } from '../../../gateway/engine/index.ts';
import { defaultLimits, documentRules } from '../../../gateway/limits.ts';
import { anyone, createDoor, loopbackHosts } from '../../../gateway/server.ts';
import { loadMigrations, migrate, openDb, type OpenOptions } from '../../../runtime/db/index.ts';
import { localSubgraph, type Subgraph } from '../../../runtime/executor.ts';
import { createGuard, type Guard } from '../../../runtime/guard.ts';
import { listen } from '../../../runtime/listen.ts';
import { buildSubgraph } from '../../../runtime/subgraph.ts';
import { createMetrics } from '../../../runtime/telemetry.ts';
import { contractOf } from '../../../schema/load.ts';
import { scalars } from '../../../schema/scalars.ts';
import { memorySubgraphs } from '../../read/memory.ts';
import { populationOf } from '../../read/population.ts';
import { populationSize } from '../../read/queries.ts';
import { supergraphAt } from '../../read/supergraph.ts';
import { changed } from '../changes.ts';
import type { Running } from '../contender.ts';

/** As the settings have it by default. */
const guard = (system: string): Guard =>
  createGuard({
    system,
    concurrency: 64,
    queue: 10_000,
    breaker: { failures: 5, openFor: 5000 },
    attempts: 2,
  });

const failed = (error: unknown): never => {
  throw error;
};

/**
 * Customer Graph in one process, from a draft's commit into the outbox on: its sequencer, log, tail, subgraphs, engine and
 * door. The records of the three systems are in memory, as everybody has them.
 */
export async function own(store: OpenOptions): Promise<Running> {
  const db = await openDb(store);
  await migrate(db, await loadMigrations([fileURLToPath(eventsMigrations)]));
  const metrics = createMetrics();
  const events = await openEvents({
    db,
    metrics,
    tagged: [{ system: 'CRM', attribute: 'segment' }],
    retention: { days: 30, most: 10_000_000 },
    reread: () => Promise.resolve(),
    notice: () => undefined,
    failed,
  });
  const record = (customerId: string) =>
    ({ entityId: customerId, system: 'CRM', key: `key of ${customerId}` }) as const;
  await baselineInto(
    db,
    changed.map((id) => ({ ...record(id), version: '0', fingerprints: { name: '0' } })),
  );

  const fingerprint = fingerprinterOf(await fingerprintSecret(db));
  const { name, resolvers } = eventsSubgraph(events, {
    entity: 'Customer',
    fingerprint,
    members: unasked as never,
    rowsOf: () => null,
    among: unasked as never,
  });
  const schemas: Readonly<Record<string, ReturnType<typeof buildSubgraph>>> = {
    ...memorySubgraphs(populationOf(populationSize), guard),
    [name]: buildSubgraph(contractOf(name).sdl, resolvers),
  };
  let executions = 0;
  const subgraphs = (system: string): Subgraph => {
    const schema = schemas[system];
    if (!schema) return { name: system, prepare: unasked };
    const subgraph = localSubgraph(system, schema);
    if (system !== 'crm') return subgraph;
    return {
      ...subgraph,
      prepare(...operation) {
        const run = subgraph.prepare(...operation);
        return (...parameters) => {
          executions += 1;
          return run(...parameters);
        };
      },
    };
  };
  const door = createDoor({
    engine: createEngine({
      supergraph: supergraphAt(() => ''),
      scalars,
      subgraphs,
      rules: documentRules(defaultLimits, false),
      limits: { tokens: defaultLimits.tokens },
    }),
    timeout: 10_000,
    bodyLimit: 1_048_576,
    suggestions: false,
    authenticate: anyone,
    hosts: loopbackHosts,
    // All subscribers are one and the same person here.
    streams: { connections: 20_000, perPrincipal: 20_000 },
  });
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    setting: 'PORT',
    ...door,
    answer(request, response) {
      if (!door(request, response)) response.writeHead(404).end();
    },
    failed,
    drainTimeout: 10_000,
  });
  return {
    port: Number(new URL(listening.url).port),
    async publish(changes) {
      const drafts = changes.map(({ number, customerId }): Draft => ({
        ...record(customerId),
        ...{ source: 'FEED', entity: 'Customer', version: String(number), foundVersion: null },
        fingerprints: { name: String(number) },
        ...{ written: null, touched: [], since: null, known: true, cause: null },
      }));
      await captureInto(db, drafts);
      events.wake();
    },
    subscribers: door.active,
    executions: () => executions,
    async stop() {
      await listening.close();
      await events.stop();
      await db.close();
    },
  };
}

const unasked = (): never => {
  throw new Error('the benchmark does not ask for this');
};
