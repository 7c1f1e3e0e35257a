import { openHouse, type House } from './house.ts';
import { authenticationOf, help, readConfig, type Config } from './runtime/config.ts';
import { Failure } from './runtime/failure.ts';
import { createLogger, type Logger } from './runtime/telemetry.ts';
import { seedNorthwind } from './subgraphs/seed/northwind.ts';
import { openStore, type Store } from './subgraphs/store.ts';

/** From the command line to a process that serves until it is told to stop. */
async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(
      `npm start: one governed customer graph. With --development, which npm start says, whoever is on this machine is let in\nunless OIDC_ISSUER is set. Settings, from the environment or a file .env:\n\n${help()}\n`,
    );
    return;
  }
  const config = readConfig(undefined, { development: process.argv.includes('--development') });
  if (config.roles.has('gateway')) authenticationOf(config);
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
  // Before anybody is told that it serves: who is told may end it at once.
  process.on('SIGTERM', stop).on('SIGINT', stop);
  announce(config, house, tell);
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
