// Hive Gateway from npm as a process of its own, over subgraphs elsewhere; its settings are one JSON text.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createPass } from '../../runtime/pass.ts';

/** Where it listens, where the subgraphs are by the names in their paths, and what lets it in. */
export interface HiveSettings {
  readonly port: number;
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly secret: string;
}

interface Fetching {
  readonly url: string;
  readonly options: { readonly headers?: Readonly<Record<string, string>> };
  readonly setOptions: (options: object) => void;
}
type Runtime = RequestListener & { readonly fetch: typeof fetch };
interface Hive {
  readonly createGatewayRuntime: (options: object) => Runtime;
  readonly getGraphQLWSOptions: (runtime: Runtime, onContext: () => object) => object;
}
type Sockets = new (options: object) => object;

const bench = createRequire(new URL('../../bench/package.json', import.meta.url));

const { port, subgraphs, secret } = JSON.parse(process.argv[2] ?? '') as HiveSettings;
const { createGatewayRuntime, getGraphQLWSOptions } = bench('@graphql-hive/gateway-runtime') as Hive;
const http = bench('@graphql-mesh/transport-http') as object;
const { useServer } = bench('graphql-ws/use/ws') as {
  readonly useServer: (options: object, server: object) => void;
};
const { WebSocketServer } = bench('ws') as { readonly WebSocketServer: Sockets };

const pass = createPass([secret]);
const principal = { subject: 'router', scopes: new Set(['*']) };
const committed = readFileSync(new URL('../../schema/generated/supergraph.graphql', import.meta.url), 'utf8');
const supergraph = Object.entries(subgraphs).reduce(
  (sdl, [name, url]) =>
    sdl.replace(new RegExp(`(@join__graph\\(name: "${name}", url: )"[^"]*"`), `$1"${url}"`),
  committed,
);

const runtime = createGatewayRuntime({
  supergraph: () => supergraph,
  transports: { http },
  logging: false,
  graphiql: false,
  landingPage: false,
  plugins: () => [
    {
      async onFetch({ url, options, setOptions }: Fetching) {
        const audience = new URL(url).pathname.slice(1);
        setOptions({
          ...options,
          headers: { ...options.headers, ...(await pass.headers(audience, principal)) },
        });
      },
    },
  ],
});
// It knows no schema before its first request by HTTP, and fails those that come by WebSocket until then.
await runtime.fetch('http://hive/graphql?query=%7B__typename%7D');
const server = createServer(runtime);
useServer(
  getGraphQLWSOptions(runtime, () => ({})),
  new WebSocketServer({ server, path: '/graphql' }),
);
server.listen(port, '127.0.0.1');
await once(server, 'listening');
console.log(`Hive is at http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
