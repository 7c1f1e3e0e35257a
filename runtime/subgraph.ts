import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { getOperationAST, OperationTypeNode, parse, type GraphQLSchema } from 'graphql';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { requestContext, type RequestContext } from './context.ts';
import { Failure } from './failure.ts';
import type { Admitted } from './pass.ts';
import { batchReferences, type Resolvers } from './references.ts';
import { servedStreams } from './streaming/served.ts';
import type { SubgraphRequest } from './streaming/subgraph.ts';

export type { Resolvers } from './references.ts';

/** A contract with the resolvers that fill it in. */
export function buildSubgraph(sdl: string, resolvers: Resolvers): GraphQLSchema {
  const { single, intoSchema } = batchReferences(resolvers);
  return intoSchema(
    buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: single as GraphQLResolverMap<RequestContext> }]),
  );
}

export interface ServedSubgraph {
  readonly schema: GraphQLSchema;
  /** Who the caller is; rejects with a `Failure` where it may not come in. */
  readonly admit: (headers: IncomingMessage['headers']) => Promise<Admitted>;
  /** Milliseconds that an operation may take where the caller does not say less. */
  readonly timeout: number;
}

/**
 * Serves a subgraph apart from the gateway: Apollo Server behind a plain listener, and subscriptions beside it.
 * `answer` rejects with a Failure UNAUTHENTICATED or BAD_REQUEST where a request is not one for it.
 */
export async function serveSubgraph({ schema, admit, timeout }: ServedSubgraph) {
  const server = new ApolloServer<RequestContext>({
    schema,
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Part of the subgraph specification: routers ask for timings by a header. Errors in them are masked.
    plugins: [ApolloServerPluginInlineTrace({ includeErrors: { masked: true } })],
    // What is no Failure is told as such and nothing more, also to the gateway.
    formatError: (told) =>
      told.extensions?.code === 'INTERNAL_SERVER_ERROR' ? { ...told, message: 'Internal error' } : told,
  });
  await server.start();
  const streams = servedStreams({ schema, admit, timeout, told });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    const admitted = await admit(request.headers);
    const { principal, caller } = admitted;
    const body = request.method === 'POST' ? await bodyOf(request) : '';
    if (request.headers.accept?.includes('text/event-stream')) {
      const asked = request.method === 'GET' ? searchOf(request) : body;
      if (isSubscription(asked)) {
        await streams.events(response, { ...asked, admitted, told: told(request.headers) });
        return;
      }
    }
    const answered = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? 'GET',
        headers: headersOf(request),
        search: new URL(request.url ?? '/', 'http://localhost').search,
        body,
      },
      context: () =>
        Promise.resolve(
          requestContext({
            ...told(request.headers),
            principal,
            caller,
            timeout: Math.min(timeout, Number(request.headers['x-timeout-ms']) || timeout),
            signal: gone.signal,
          }),
        ),
    });
    response.statusCode = answered.status ?? 200;
    for (const [header, value] of answered.headers) response.setHeader(header, value);
    if (answered.body.kind === 'complete') response.end(answered.body.string);
    else {
      for await (const chunk of answered.body.asyncIterator) response.write(chunk);
      response.end();
    }
  }

  const { upgrade, active, drain } = streams;
  return { answer, upgrade, active, drain };
}

/** A document that cannot be read is Apollo Server's to refuse. */
function isSubscription(body: unknown): body is Pick<SubgraphRequest, 'query'> {
  if (typeof body !== 'object' || body === null || !('query' in body) || typeof body.query !== 'string')
    return false;
  const { operationName } = body as { readonly operationName?: unknown };
  if (!body.query.includes('subscription')) return false;
  try {
    const name = typeof operationName === 'string' ? operationName : undefined;
    return (
      getOperationAST(parse(body.query, { maxTokens: 10_000 }), name)?.operation ===
      OperationTypeNode.SUBSCRIPTION
    );
  } catch {
    return false;
  }
}

/** What the caller tells of its own caller. */
function told(headers: IncomingMessage['headers']): Partial<RequestContext> {
  const textOf = (name: string) => {
    const given = headers[name];
    return typeof given === 'string' ? given : null;
  };
  const correlationId = textOf('x-correlation-id');
  return {
    ...(correlationId === null ? {} : { correlationId }),
    traceparent: textOf('traceparent'),
    idempotencyKey: textOf('idempotency-key'),
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await text(request));
  } catch (error) {
    throw new Failure('BAD_REQUEST', 'The body is not JSON.', { cause: error });
  }
}

/** Routers subscribe by GET as well, which nobody can make a browser do to us: it has no pass. */
function searchOf({ url = '/' }: IncomingMessage): object {
  const { variables, ...asked } = Object.fromEntries(new URL(url, 'http://localhost').searchParams);
  if (variables === undefined) return asked;
  try {
    return { ...asked, variables: JSON.parse(variables) as unknown };
  } catch (error) {
    throw new Failure('BAD_REQUEST', 'The variables are not JSON.', { cause: error });
  }
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}
