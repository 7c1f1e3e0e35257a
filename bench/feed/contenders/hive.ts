import { createGatewayRuntime, getGraphQLWSOptions, type GatewayPlugin } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import http from '@graphql-mesh/transport-http';
import { print, type DocumentNode } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { requestContext, type RequestContext } from '../../../runtime/context.ts';
import { localSubgraph, type PreparedFetch, type Subgraph } from '../../../runtime/executor.ts';
import { isStream, type PreparedStream } from '../../../runtime/stream.ts';
import { buildSubgraph } from '../../../runtime/subgraph.ts';
import { contractOf } from '../../../schema/load.ts';
import { memorySubgraphs, subgraphNames } from '../../read/memory.ts';
import { populationOf } from '../../read/population.ts';
import { populationSize } from '../../read/queries.ts';
import { serve } from '../../read/serve.ts';
import { supergraphAt } from '../../read/supergraph.ts';
import type { Published, Running } from '../contender.ts';
import { createHub, type Hub } from './hub.ts';
import type { Arguments } from './schema.ts';

interface Request {
  readonly document: DocumentNode;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly context?: object;
  readonly operationType?: string;
}

/** Hive Gateway with its fastest planner, and with the subgraphs in its process, so that it pays for no HTTP. */
export async function hive(): Promise<Running> {
  const hub = createHub();
  const { plugin, executions } = subgraphs(hub);
  const runtime = createGatewayRuntime({
    supergraph: () => supergraphAt(() => 'http://127.0.0.1:1/graphql'),
    transports: { http },
    logging: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    maskedErrors: true,
    plugins: () => [plugin],
    unifiedGraphHandler,
  });
  // It reads the supergraph when it is first asked, and a WebSocket does not count as that.
  await runtime.getSchema();
  const { port, server } = await serve((request, response) => void runtime(request, response));
  const options = getGraphQLWSOptions(runtime as never, ({ extra }) => extra as never);
  const sockets = useServer(options as never, new WebSocketServer({ server, path: '/graphql' }));
  return {
    port,
    publish: hub.publish,
    subscribers: hub.listeners,
    executions,
    async stop() {
      await sockets.dispose();
      await runtime[Symbol.asyncDispose]();
      server.close();
    },
  };
}

/** What Hive offers for subgraphs that are here: an executor of one's own for each, with each document prepared once. */
function subgraphs(hub: Hub) {
  const schemas = memorySubgraphs(populationOf(populationSize), () => (context, run) => run(context.signal));
  const local = [
    ...subgraphNames.map((name) => localSubgraph(name, schemas[name])),
    localSubgraph('events', eventsOver(hub)),
  ];
  let executions = 0;
  const executors = new Map(
    local.map((subgraph) => {
      const fetches = kept((text) => subgraph.prepare(text));
      const streams = kept((text) => streamOf(subgraph, text));
      const run = ({ document, variables = {}, context = {}, operationType }: Request) => {
        if (subgraph.name === 'crm') executions += 1;
        if (operationType === 'subscription') return streamed(streams(document), variables);
        return fetches(document)(variables, contextOf(context));
      };
      return [subgraph.name, run] as const;
    }),
  );
  const plugin: GatewayPlugin = {
    onSubgraphExecute({ subgraphName, setExecutor }) {
      const executor = executors.get(subgraphName.toLowerCase());
      if (executor) setExecutor(executor as never);
    },
  };
  return { plugin, executions: () => executions };
}

/** The feed's contract over changes that are only in this process. */
const eventsOver = (hub: Hub) =>
  buildSubgraph(contractOf('events').sdl, {
    Subscription: {
      customerChanged: {
        subscribe: (_: unknown, { filter }: Arguments) => hub.listen(filter.customerIds),
        resolve: ({ number, customerId, at }: Published) => ({
          ...{ cursor: String(number), position: String(number), at, kind: 'UPDATED', system: 'CRM' },
          ...{ version: String(number), previousVersion: null, cause: null },
          attributes: [{ name: 'name', owner: 'CRM' }],
          customer: { id: customerId },
        }),
      },
    },
    Customer: { __resolveReference: ({ id }: { readonly id: string }) => ({ id }) },
  } as never);

const streamOf = (subgraph: Subgraph, text: string): PreparedStream => {
  const stream = subgraph.subscribe?.(text);
  if (!stream) throw new Error(`${subgraph.name} has no subscriptions`);
  return stream;
};

async function streamed(stream: PreparedStream, variables: Readonly<Record<string, unknown>>) {
  const begun = await stream(variables, requestContext({ timeout: Infinity, signal }));
  if (!isStream(begun)) return begun;
  const events = begun.events[Symbol.asyncIterator]();
  return {
    async next() {
      const turn = await events.next();
      if (turn.done === true) return turn;
      return {
        done: false,
        value: await begun.resolve(turn.value, requestContext({ timeout: 10_000, signal })),
      };
    },
    return: () => events.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Prepares each text once, and prints each document once. */
function kept<Prepared extends PreparedFetch | PreparedStream>(prepare: (text: string) => Prepared) {
  const byDocument = new WeakMap<DocumentNode, Prepared>();
  const byText = new Map<string, Prepared>();
  return (document: DocumentNode): Prepared => {
    const known = byDocument.get(document);
    if (known) return known;
    const text = print(document);
    const prepared = byText.get(text) ?? prepare(text);
    byText.set(text, prepared);
    byDocument.set(document, prepared);
    return prepared;
  };
}

const { signal } = new AbortController();
const contexts = new WeakMap<object, RequestContext>();

/** One context for all fetches of an execution, so that their loaders batch. */
function contextOf(request: object): RequestContext {
  const known = contexts.get(request) ?? requestContext({ timeout: 10_000, signal });
  contexts.set(request, known);
  return known;
}
