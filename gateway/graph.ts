import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Served } from '../runtime/apart.ts';
import type { Reads } from '../audit/index.ts';
import type { Config } from '../runtime/config.ts';
import type { Subgraph } from '../runtime/executor.ts';
import { Failure } from '../runtime/failure.ts';
import { sendProblem } from '../runtime/problem.ts';
import type { RowsOf } from '../runtime/rows.ts';
import type { Pseudonym } from '../schema/masking.ts';
import { scalars } from '../schema/scalars.ts';
import { createAdmission } from './admission.ts';
import type { TextOf } from './documents/index.ts';
import { createEngine } from './engine/index.ts';
import { unmaskScope } from './http/unmask.ts';
import { documentLimits, documentRules } from './limits.ts';
import { readsIn } from './reading.ts';
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

export interface GraphMeans {
  readonly authenticate: Authenticate;
  /** Where reads of personal data are noted. */
  readonly reads: Reads;
  /** What is shown for personal data under the mask `HASH`. */
  readonly pseudonym: Pseudonym;
  readonly textOf: TextOf;
  /** Which customers a caller sees. */
  readonly rowsOf: RowsOf;
}

/** The one public door, over subgraphs in this process and elsewhere. */
export function gatewayOf(
  config: Config,
  subgraph: (name: string) => Subgraph,
  log: (answered: Answered) => void,
  examples: readonly Example[],
  { authenticate, reads, pseudonym, textOf, rowsOf }: GraphMeans,
): Served {
  const note = readsIn(reads);
  const limits = documentLimits(config);
  const engine = createEngine({
    supergraph: readFileSync(join(root, 'schema/generated/supergraph.graphql'), 'utf8'),
    scalars,
    rules: documentRules(limits, config.introspection),
    limits,
    subgraphs: subgraph,
    unmask: unmaskScope,
    pseudonym,
  });
  const door = createDoor({
    engine,
    timeout: config.requestTimeoutMs,
    bodyLimit: config.bodyLimitBytes,
    suggestions: config.introspection,
    textOf,
    rowsOf,
    admit: createAdmission({ costLimit: config.costLimit, costBudget: config.costBudgetPerMinute }),
    authenticate,
    began: note,
    mayShowPersonal: () => reads.mayShow(),
    hosts: config.publicHosts ?? (isLoopback(config.host) ? loopbackHosts : []),
    origins: config.origins ?? [],
    behindProxy: config.trustProxy,
    ...(config.graphiql ? { graphiql: { examples, authenticated: config.authentication === 'oidc' } } : {}),
    answered: (one) => {
      log(one);
      note(one);
    },
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
