import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Served } from '../runtime/apart.ts';
import type { Config } from '../runtime/config.ts';
import type { Subgraph } from '../runtime/executor.ts';
import { Failure } from '../runtime/failure.ts';
import { sendProblem } from '../runtime/problem.ts';
import { scalars } from '../schema/scalars.ts';
import { createEngine } from './engine/index.ts';
import { defaultLimits, documentRules } from './limits.ts';
import {
  createDoor,
  isLoopback,
  loopbackHosts,
  streamLimits,
  type Answered,
  type Authenticate,
  type Example,
} from './server.ts';

const root = dirname(import.meta.dirname);

/** The one public door, over subgraphs in this process and elsewhere. */
export function gatewayOf(
  config: Config,
  subgraph: (name: string) => Subgraph,
  answered: (answered: Answered) => void,
  examples: readonly Example[],
  authenticate: Authenticate,
): Served {
  const engine = createEngine({
    supergraph: readFileSync(join(root, 'schema/generated/supergraph.graphql'), 'utf8'),
    scalars,
    rules: documentRules(defaultLimits, config.introspection),
    limits: { tokens: defaultLimits.tokens },
    subgraphs: subgraph,
  });
  const door = createDoor({
    engine,
    timeout: config.requestTimeoutMs,
    bodyLimit: config.bodyLimitBytes,
    suggestions: config.introspection,
    authenticate,
    hosts: config.publicHosts ?? (isLoopback(config.host) ? loopbackHosts : []),
    origins: config.origins ?? [],
    behindProxy: config.trustProxy,
    ...(config.graphiql ? { graphiql: { examples, authenticated: config.authentication === 'oidc' } } : {}),
    answered,
    streams: streamLimits(config),
  });
  return {
    ...door,
    answer(request, response) {
      if (!door(request, response))
        sendProblem(response, new Failure('NOT_FOUND', 'The graph is at /graphql.'));
    },
  };
}
