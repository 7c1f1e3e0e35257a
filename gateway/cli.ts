import { Failure } from '../runtime/failure.ts';
import { createLogger } from '../runtime/telemetry.ts';
import { help, readFlags } from './flags.ts';
import { serveForeign } from './foreign.ts';

try {
  const flags = readFlags(process.argv.slice(2));
  if (!flags) console.log(help.trimEnd());
  else {
    const served = await serveForeign(flags, createLogger({ level: 'info', json: false }));
    const { url } = served;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void served.close());
    console.log(`The supergraph ${flags.supergraph} is served at ${url}/graphql; try it at ${url}/graphiql.`);
  }
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
