import { readFileSync } from 'node:fs';
import { remoteSubgraph, type Subgraph } from '../runtime/executor.ts';
import { Failure } from '../runtime/failure.ts';
import { createGuard } from '../runtime/guard.ts';
import { createHttp, type Http } from '../runtime/http.ts';
import { listen, type Listening } from '../runtime/listen.ts';
import { createMetrics, type Logger } from '../runtime/telemetry.ts';
import { createAdmission, defaultCostLimit } from './admission.ts';
import { createEngine } from './engine/index.ts';
import type { Flags } from './flags.ts';
import { defaultLimits, documentRules } from './limits.ts';
import { requestLog } from './request-log.ts';
import { anyone, createDoor, isLoopback, loopbackHosts } from './server.ts';

const example = `# Every operation of this graph can be tried here; the schema is under "Docs".
{
  __typename
}
`;

/**
 * Serves a supergraph that was composed elsewhere.
 * @throws Failure INVALID_CONFIGURATION, INVALID_SUPERGRAPH, PORT_IN_USE
 */
export async function serveForeign(flags: Flags, logger: Logger): Promise<Listening> {
  const http = createHttp();
  const engine = createEngine({
    supergraph: readSupergraph(flags.supergraph),
    subgraphs: (name, url) => subgraph(name, url, flags, http),
    limits: defaultLimits,
    rules: documentRules(defaultLimits, true),
  });
  const metrics = createMetrics();
  const door = createDoor({
    engine,
    timeout: flags.timeout,
    bodyLimit: 1024 * 1024,
    suggestions: true,
    admit: createAdmission({ costLimit: defaultCostLimit, costBudget: 0 }),
    authenticate: anyone,
    hosts: isLoopback(flags.host) ? loopbackHosts : [],
    graphiql: { examples: [{ query: example }] },
    answered: requestLog(logger, metrics),
  });
  metrics.gauge('subscriptions_active', 'Subscriptions that are open.', [], () => [[{}, door.active()]]);
  const listening = await listen({
    host: flags.host,
    port: flags.port,
    setting: '--port',
    ...door,
    answer(request, response) {
      if (door(request, response)) return;
      throw new Failure(
        'NOT_FOUND',
        'There is nothing at this path: the graph is at /graphql, its page at /graphiql.',
      );
    },
    failed: (error, correlationId) => {
      if (!(error instanceof Failure)) logger.error('A request failed.', { error, correlationId });
    },
    metrics,
    drainTimeout: 10_000,
  });
  return {
    ...listening,
    async close() {
      await listening.close();
      await http.close();
    },
  };
}

function readSupergraph(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const sentence = `The supergraph "${file}" cannot be read; give the path of the file that composition wrote.`;
    throw new Failure('INVALID_CONFIGURATION', sentence, { cause });
  }
}

function subgraph(name: string, url: string, { headers }: Flags, { post, open }: Http): Subgraph {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new Failure(
      'INVALID_SUPERGRAPH',
      `The supergraph gives no http URL for the subgraph ${name}; compose it with a routing URL for each.`,
    );
  }
  const guard = createGuard({
    system: name,
    concurrency: 64,
    queue: 1000,
    breaker: { failures: 5, openFor: 5000 },
    attempts: 2,
  });
  return remoteSubgraph(name, url, {
    post,
    open,
    headers: () => Promise.resolve(headers),
    guard,
  });
}
