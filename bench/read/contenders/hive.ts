import { createGatewayRuntime, type GatewayPlugin } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import http from '@graphql-mesh/transport-http';
import { print, type DocumentNode } from 'graphql';
import type { RequestListener } from 'node:http';
import { requestContext, type RequestContext } from '../../../runtime/context.ts';
import { localSubgraph, type PreparedFetch } from '../../../runtime/executor.ts';
import { memorySubgraphs, subgraphNames } from '../memory.ts';
import { populationOf } from '../population.ts';
import { populationSize } from '../queries.ts';
import { supergraphAt, type UrlOf } from '../supergraph.ts';

type Planner = 'javascript' | 'rust';

/** Hive Gateway with the subgraphs over HTTP. */
export const hiveOverHttp = (planner: Planner) => (urlOf: UrlOf) => gateway(planner, urlOf, []);

/** Hive Gateway with the subgraphs in its process: compiled operations, each document prepared once. */
export const hiveInProcess = (planner: Planner) => (urlOf: UrlOf) =>
  gateway(planner, urlOf, [localSubgraphs()]);

function gateway(planner: Planner, urlOf: UrlOf, plugins: GatewayPlugin[]): RequestListener {
  const runtime = createGatewayRuntime({
    supergraph: () => supergraphAt(urlOf),
    transports: { http },
    logging: false,
    graphiql: false,
    landingPage: false,
    healthCheckEndpoint: '/health',
    multipart: false,
    batching: false,
    maskedErrors: true,
    plugins: () => plugins,
    ...(planner === 'rust' ? { unifiedGraphHandler } : {}),
  });
  return (request, response) => void runtime(request, response);
}

/** What Hive offers for subgraphs that are here: an executor of one's own for each. */
function localSubgraphs(): GatewayPlugin {
  const schemas = memorySubgraphs(populationOf(populationSize), () => (context, run) => run(context.signal));
  const executors = new Map(
    subgraphNames.map((name) => {
      const subgraph = localSubgraph(name, schemas[name]);
      const byDocument = new WeakMap<DocumentNode, PreparedFetch>();
      const byText = new Map<string, PreparedFetch>();
      const prepare = (document: DocumentNode): PreparedFetch => {
        const text = print(document);
        const prepared = byText.get(text) ?? subgraph.prepare(text);
        byText.set(text, prepared);
        byDocument.set(document, prepared);
        return prepared;
      };
      const run = ({
        document,
        variables,
        context,
      }: {
        document: DocumentNode;
        variables?: object;
        context?: object;
      }) => (byDocument.get(document) ?? prepare(document))({ ...variables }, contextOf(context ?? {}));
      return [name as string, run] as const;
    }),
  );
  return {
    onSubgraphExecute({ subgraphName, setExecutor }) {
      const executor = executors.get(subgraphName.toLowerCase());
      if (executor) setExecutor(executor as never);
    },
  };
}

const { signal } = new AbortController();
const contexts = new WeakMap<object, RequestContext>();

/** One context for all fetches of a request, so that their loaders batch. */
function contextOf(request: object): RequestContext {
  const known = contexts.get(request) ?? requestContext({ timeout: 10_000, signal });
  contexts.set(request, known);
  return known;
}
