import { fileURLToPath } from 'node:url';
import type { GraphQLSchema } from 'graphql';
import { openAudit, openReads } from './audit/index.ts';
import { coordinationMigrations, sameDecided } from './coordination/index.ts';
import { changesOf, unknownDecided } from './events/index.ts';
import { observing, eventsOf } from './house/changes.ts';
import { authenticateBy, doorOf, scrapedBy } from './house/door.ts';
import { governedOf } from './house/governed.ts';
import { openSystems } from './house/systems.ts';
import { identitySubgraph, startDuplicateSweeps, verdictDecided } from './identity/index.ts';
import { reach, serveApart } from './runtime/apart.ts';
import type { Config, Role } from './runtime/config.ts';
import { loadMigrations, migrate } from './runtime/db/index.ts';
import { Failure } from './runtime/failure.ts';
import { guardsOf } from './runtime/guards.ts';
import { createHttp } from './runtime/http.ts';
import { listen, type Tls } from './runtime/listen.ts';
import { createPass } from './runtime/pass.ts';
import { buildSubgraph, type Resolvers } from './runtime/subgraph.ts';
import { createMetrics, type Logger } from './runtime/telemetry.ts';
import { contractOf } from './schema/load.ts';
import { openSteward, type Continuations } from './steward/index.ts';
import { systems } from './subgraphs/index.ts';
import type { Sandbox } from './subgraphs/sandbox/api.ts';
import { startHooks } from './subgraphs/sandbox/hooks.ts';
import { openSandboxes } from './subgraphs/sandbox/open.ts';
import type { Store } from './subgraphs/store.ts';

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
  const begun: Ending[] = [];
  return begin(config, store, logger, begun).catch(async (error: unknown) => {
    await endAll(begun);
    throw error;
  });
}

/** Ends something that runs by itself. */
type Ending = () => Promise<unknown>;

/** The last begun is the first to end: nothing that runs misses what it stands on. */
async function endAll(begun: readonly Ending[]): Promise<void> {
  for (const end of begun.toReversed()) await end();
}

/** Notes whatever runs by itself as soon as it does. */
async function begin(config: Config, store: Store, logger: Logger, begun: Ending[]): Promise<House> {
  const { db, identity, fingerprint } = store;
  const http = createHttp();
  begun.push(() => http.close());
  const metrics = createMetrics();
  const ground = { config, store, metrics, logger };
  const here = systems.filter(({ name }) => config.roles.has(name as Role));
  // What a system tells is to be told from what a write is just about to change in it, whoever carries it out.
  if (config.roles.has('coordination') || here.length > 0)
    await migrate(db, await loadMigrations([fileURLToPath(coordinationMigrations)]));
  const sandboxes = here.map(({ sandbox }) => sandbox(db));
  const sandboxServer = await openSandboxes(config, sandboxes, logger);
  if (sandboxServer) begun.push(() => sandboxServer.close());
  const guards = guardsOf(config, [...here.map(({ name }) => name), ...config.remotes.keys()], metrics);

  const url = sandboxServer?.url ?? null;
  const opened = openSystems(store, { here, sandboxes, guards, url });

  const schemas = new Map<string, GraphQLSchema>();
  const add = ({ name, resolvers }: { readonly name: string; readonly resolvers: Resolvers }) =>
    schemas.set(name, buildSubgraph(contractOf(name).sdl, resolvers));
  opened.forEach(add);
  if (config.roles.has('identity')) {
    add(identitySubgraph(identity));
    const failed = (error: unknown) => {
      logger.error('Customers could not be compared; it is tried again.', { error });
    };
    begun.push(startDuplicateSweeps({ db, interval: config.duplicateSweepHours * 3_600_000, failed }));
  }
  const pass = config.passSecret && createPass(config.passSecret, identity.rowRules.name);
  const subgraph = reach({ here: schemas, elsewhere: config.remotes, guards, ...http, pass });
  if (config.roles.has('audit')) {
    const audit = await openAudit({ db, config, metrics, logger, rowsOf: identity.rowsOf });
    begun.push(() => audit.stop());
    add(audit);
  }
  // Before everything that captures: what has happened by the end is told before the end.
  const events = config.roles.has('events') ? await eventsOf(ground) : undefined;
  if (events) {
    begun.push(() => events.stop());
    const changes = await changesOf({
      ...{ db, events, fingerprint, metrics, logger, config },
      entity: 'Customer',
      ...{ members: identity.members, rowsOf: identity.rowsOf, among: identity.among },
      livingAs: async (ids) =>
        [...(await identity.crosswalk.registrations(ids)).values()].map(({ id }) => id),
    });
    begun.push(() => changes.stop());
    add(changes);
  }
  const continuations: { -readonly [K in keyof Continuations]: Continuations[K] } = {};
  if (config.roles.has('coordination')) {
    const governed = await governedOf(ground, subgraph, {
      captured: () => events?.wake(),
      post: http.post,
    });
    begun.push(() => governed.stop());
    add(governed.subgraph);
    Object.assign(continuations, governed.continuations);
  }
  if (config.roles.has('steward')) {
    continuations.UNKNOWN_RECORD = unknownDecided(db, identity);
    continuations.POSSIBLE_DUPLICATE = sameDecided(db, identity, verdictDecided(db));
  }
  const steward = await openSteward({
    ...{ db, metrics, continuations, rowsOf: identity.rowsOf, served: config.roles.has('steward') },
    failed: (error) => {
      logger.error('What a steward decided could not be continued; it is tried again.', { error });
    },
  });
  begun.push(() => steward.stop());
  if (steward.subgraph) add(steward.subgraph);
  const authenticate = config.roles.has('gateway') ? authenticateBy(ground, http) : undefined;
  const reads = openReads({ db, logger });
  begun.push(() => reads.stop());
  const served = authenticate
    ? await doorOf(ground, subgraph, { authenticate, reads })
    : await serveApart({ schemas, pass, timeout: config.requestTimeoutMs });
  metrics.gauge('subscriptions_active', 'Subscriptions that are open.', [], () => [[{}, served.active()]]);

  const listening = await listen({
    host: config.host,
    port: config.port,
    setting: 'PORT',
    drainTimeout: config.drainTimeoutMs,
    ...served,
    failed: (error, correlationId) => {
      // A Failure is the caller's to mend: whoever likes could fill the log with it.
      if (error instanceof Failure)
        logger.debug('A request was refused.', { code: error.code, correlationId });
      else logger.error('A request failed.', { error, correlationId });
    },
    checks: { store: () => db.query('select 1') },
    metrics: scrapedBy(metrics, authenticate),
    tls: tlsOf(config),
  });
  begun.push(observing(ground, opened), startHooks({ db, sandboxes, send: http.send }));

  return {
    url: listening.url,
    sandboxUrl: url,
    sandboxes,
    async stop() {
      await listening.close();
      await endAll(begun);
      await db.close();
    },
  };
}

function tlsOf({ tlsCert, tlsKey }: Config): Tls | undefined {
  return tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey };
}
