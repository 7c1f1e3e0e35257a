import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { supergraphAt, withoutSecurity, type UrlOf } from '../supergraph.ts';

/**
 * @apollo/gateway behind Apollo Server, without a web framework: cheaper than `startStandaloneServer`. Its own
 * keep-alive fetcher stays.
 */
export async function apollo(urlOf: UrlOf): Promise<RequestListener> {
  const gateway = new ApolloGateway({
    supergraphSdl: withoutSecurity(supergraphAt(urlOf)),
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource({ url: url ?? '', honorSubgraphCacheControlHeader: false }),
    serviceHealthCheck: false,
    debug: false,
  });
  const server = new ApolloServer({
    gateway,
    introspection: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  });
  await server.start();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined) headers.set(name, String(value));
    }
    const answered = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers,
        search: '',
        body: JSON.parse(Buffer.concat(chunks).toString()),
      },
      context: () => Promise.resolve({}),
    });
    response.statusCode = answered.status ?? 200;
    for (const [name, value] of answered.headers) response.setHeader(name, value);
    response.end(answered.body.kind === 'complete' ? answered.body.string : undefined);
  }

  return (request, response) => void answer(request, response);
}
