import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GraphQLSchema } from 'graphql';
import {
  coordinationMigrations,
  coordinationSubgraph,
  openCoordination,
  participantOf,
  type OpenedCoordination,
} from './coordination/index.ts';
import {
  eventsSubgraph,
  fingerprinterOf,
  fingerprintSecret,
  openEvents,
  type Events,
} from './events/index.ts';
import { examplesIn } from './gateway/examples.ts';
import { gatewayOf } from './gateway/graph.ts';
import { requestLog } from './gateway/request-log.ts';
import { identitySubgraph, type Identity } from './identity/index.ts';
import { reach, serveApart } from './runtime/apart.ts';
import { help, readConfig, type Config, type Role } from './runtime/config.ts';
import { loadMigrations, migrate } from './runtime/db/index.ts';
import type { Subgraph } from './runtime/executor.ts';
import { Failure } from './runtime/failure.ts';
import { showGuards } from './runtime/gauges.ts';
import { createGuard, type Guard } from './runtime/guard.ts';
import { createHttp } from './runtime/http.ts';
import { listen } from './runtime/listen.ts';
import { createPass } from './runtime/pass.ts';
import { buildSubgraph, type Resolvers } from './runtime/subgraph.ts';
import { createLogger, createMetrics, type Logger, type Metrics } from './runtime/telemetry.ts';
import { contractOf } from './schema/load.ts';
import { systems } from './subgraphs/index.ts';
import type { Sandbox } from './subgraphs/sandbox/api.ts';
import { serveSandboxes, type SandboxServer } from './subgraphs/sandbox/server.ts';
import { seedNorthwind } from './subgraphs/seed/northwind.ts';
import { openStore, type Store } from './subgraphs/store.ts';
import type { Crossing } from './subgraphs/slice.ts';
import type { System } from './subgraphs/system.ts';

const root = import.meta.dirname;

/** A process of the graph that has begun to serve. */
export interface House {
  /** Where it listens, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Where the sandboxes' own APIs are; null where they are not served. */
  readonly sandboxUrl: string | null;
  readonly sandboxes: readonly Sandbox[];
  /** Lets what is under way come to its end, then lets go of everything. */
  stop(): Promise<void>;
}

/** Opens everything that the roles of this process need, and listens. What it was given it closes in the end. */
export async function openHouse(config: Config, store: Store, logger: Logger): Promise<House> {
  const { db, identity } = store;
  if (config.roles.has('coordination'))
    await migrate(db, await loadMigrations([fileURLToPath(coordinationMigrations)]));
  const ended = new AbortController();
  const http = createHttp();
  const metrics = createMetrics();
  const here = systems.filter(({ name }) => config.roles.has(name as Role));
  const sandboxes = here.map(({ sandbox }) => sandbox(db));
  const sandboxServer = await openSandboxes(config, sandboxes, logger);
  const guards = new Map(
    [...here.map(({ name }) => name), ...config.remotes.keys()].map((name) => [name, guardOf(config, name)]),
  );
  showGuards(metrics, [...guards.values()]);

  const opened = here.map((system): System => {
    const sandbox = sandboxes.find(({ name }) => name === system.name);
    const guard = guards.get(system.name);
    if (!sandbox || !guard) throw new Error(`the system ${system.name} was not opened`);
    const site = sandboxServer && `${sandboxServer.url}/${system.name}`;
    return system.open(sandbox.wire, { guard, crossing: crossingOf(identity, system.system), site });
  });

  const schemas = new Map<string, GraphQLSchema>();
  const add = ({ name, resolvers }: { readonly name: string; readonly resolvers: Resolvers }) =>
    schemas.set(name, buildSubgraph(contractOf(name).sdl, resolvers));
  opened.forEach(add);
  if (config.roles.has('identity')) add(identitySubgraph(identity));
  const pass = config.passSecret && createPass(config.passSecret);
  const subgraph = reach({ here: schemas, elsewhere: config.remotes, guards, ...http, pass });
  const events = config.roles.has('events') ? await eventsOf(config, store, metrics, logger) : undefined;
  const coordination = config.roles.has('coordination')
    ? await coordinationOf(config, store, subgraph, metrics, logger)
    : undefined;
  if (coordination) add(coordinationSubgraph(coordination.coordination));
  if (events) add(await changesOf(events, store));
  const served = config.roles.has('gateway')
    ? gatewayOf(
        config,
        subgraph,
        requestLog(logger, metrics),
        await examplesIn(join(root, 'examples'), identity),
      )
    : await serveApart({ schemas, pass, timeout: config.requestTimeoutMs });
  metrics.gauge('subscriptions_active', 'Subscriptions that are open.', [], () => [[{}, served.active()]]);

  const listening = await listen({
    host: config.host,
    port: config.port,
    setting: 'PORT',
    drainTimeout: config.drainTimeoutMs,
    ...served,
    failed: (error) => {
      // A Failure is the caller's to mend: whoever likes could fill the log with it.
      if (error instanceof Failure) logger.debug('A request was refused.', { code: error.code });
      else logger.error('A request failed.', { error });
    },
    checks: { store: () => db.query('select 1') },
    metrics,
  }).catch(async (error: unknown) => {
    await coordination?.stop();
    await events?.stop();
    await sandboxServer?.close();
    throw error;
  });
  const followed = opened.map(({ feed }) =>
    identity.follow(feed, { signal: ended.signal, interval: config.feedIntervalMs }),
  );

  return {
    url: listening.url,
    sandboxUrl: sandboxServer?.url ?? null,
    sandboxes,
    async stop() {
      await listening.close();
      await coordination?.stop();
      ended.abort();
      await Promise.all(followed.map((one) => one.done));
      // After everything that captures: what has happened by now is told before the end.
      await events?.stop();
      await sandboxServer?.close();
      await http.close();
      await db.close();
    },
  };
}

function guardOf(config: Config, system: string): Guard {
  return createGuard({
    system,
    concurrency: config.systemConcurrency,
    queue: config.systemQueue,
    breaker: { failures: config.breakerFailures, openFor: config.breakerOpenMs },
    attempts: config.readAttempts,
  });
}

/** One system's way between the graph's ids and its own keys. */
function crossingOf(identity: Identity, system: System['system']): Crossing {
  return {
    keysOf: (context, ids) => identity.loadersOf(context).keys(system, ids),
    idOf: (context, key) => identity.loadersOf(context).id(system, key),
  };
}

async function openSandboxes(
  config: Config,
  sandboxes: readonly Sandbox[],
  logger: Logger,
): Promise<SandboxServer | null> {
  if (config.sandboxPort === 'off' || sandboxes.length === 0) return null;
  return serveSandboxes({
    sandboxes,
    host: '127.0.0.1',
    port: config.sandboxPort,
    report: (error) => {
      logger.error('A sandbox failed.', { error });
    },
  });
}

/** Governed writes over the systems of record, here and elsewhere. */
async function coordinationOf(
  config: Config,
  { db, identity }: Store,
  subgraph: (name: string) => Subgraph,
  metrics: Metrics,
  logger: Logger,
): Promise<OpenedCoordination> {
  return openCoordination({
    ...{ db, identity, metrics },
    participants: new Map(systems.map(({ name, system }) => [system, participantOf(system, subgraph(name))])),
    limits: systems.map(({ name, system }) => ({
      system,
      rate: config.writeRates?.get(name) ?? null,
      concurrency: config.writeConcurrencies?.get(name) ?? null,
    })),
    failed: (error) => {
      logger.error('A write failed on our side; it is taken up again.', { error });
    },
  });
}

/** The change feed of the store. */
function eventsOf(config: Config, { db }: Store, metrics: Metrics, logger: Logger): Promise<Events> {
  return openEvents({
    ...{ db, metrics, redisUrl: config.redisUrl },
    tagged: [{ system: 'CRM', attribute: 'segment' }],
    retention: { days: config.eventRetentionDays, most: config.eventRetentionMax },
    reread: () => Promise.resolve(),
    notice: (line) => {
      logger.warn(line);
    },
    failed: (error) => {
      logger.error('The change feed failed on our side; it goes on where it was.', { error });
    },
  });
}

/** The feed's part of the graph: changes of customers. */
async function changesOf(events: Events, { db, identity: { members } }: Store) {
  const fingerprint = fingerprinterOf(await fingerprintSecret(db));
  return eventsSubgraph(events, { entity: 'Customer', fingerprint, members });
}

/** From the command line to a process that serves until it is told to stop. */
async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(
      `npm start: one governed customer graph. Settings, from the environment or a file .env:\n\n${help()}\n`,
    );
    return;
  }
  const config = readConfig();
  const logger = createLogger({ level: config.logLevel, json: config.nodeEnv === 'production' });
  const tell = (line: string) => {
    logger.info(line);
  };
  config.notices.forEach(tell);
  const store = await openStore(config, tell);
  const house = await furnish(config, store, logger, tell).catch(async (error: unknown) => {
    await store.db.close();
    throw error;
  });
  announce(config, house, tell);

  let stopping: Promise<void> | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    tell(`${signal}: no new requests are taken; those under way are finished first.`);
    stopping = house.stop().then(
      () => {
        tell('Stopped.');
      },
      (error: unknown) => {
        logger.error('Stopping failed.', { error });
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

/** Fills an empty store with the sample, where the configuration wants it, and opens the house. */
async function furnish(config: Config, store: Store, logger: Logger, progress: (line: string) => void) {
  const empty = config.roles.has('crm') && (await store.identity.search({ first: 1 })).edges.length === 0;
  if (empty && config.sampleData === 'northwind') await seedNorthwind({ ...store, progress });
  return openHouse(config, store, logger);
}

function announce(config: Config, house: House, tell: (line: string) => void): void {
  if (config.roles.has('gateway')) {
    tell(`The graph is at ${house.url}/graphql`);
    if (config.graphiql) tell(`Try it in a browser: ${house.url}/graphiql`);
  } else for (const role of config.roles) tell(`The subgraph ${role} is at ${house.url}/${role}`);
  if (house.sandboxUrl) {
    for (const { name } of house.sandboxes) tell(`The sandbox of ${name} is at ${house.sandboxUrl}/${name}`);
  }
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    const known = error instanceof Failure;
    process.stderr.write(
      known
        ? `${error.code}: ${error.message}\n`
        : `${String(error instanceof Error ? error.stack : error)}\n`,
    );
    process.exitCode = 1;
  });
}
