import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { createEngine } from '../../gateway/engine/index.ts';
import { anyone, createDoor } from '../../gateway/server.ts';
import { remoteSubgraph } from '../../runtime/executor.ts';
import { createHttp } from '../../runtime/http.ts';
import { localDeveloper } from '../../runtime/principal.ts';
import { buildSubgraph, serveSubgraph } from '../../runtime/subgraph.ts';
import { inventoryResolvers, productsResolvers, usersResolvers } from './products.ts';

// The package starts Docker, a router and a test run of its own. What it claims is in its test files alone: they run
// here, with our subgraph host as the subgraph and our gateway as the router.
const require = createRequire(import.meta.url);
const root = dirname(require.resolve('@apollo/federation-subgraph-compatibility-tests/package.json'));
const tests = join(root, 'dist/tests');

const subgraphs = [
  { name: 'inventory', file: 'dist/subgraphs/inventory/inventory.graphql', resolvers: inventoryResolvers },
  { name: 'users', file: 'dist/subgraphs/users/users.graphql', resolvers: usersResolvers },
  { name: 'products', file: 'products.graphql', resolvers: productsResolvers },
].map((one) => ({ ...one, sdl: readFileSync(join(root, one.file), 'utf8') }));

const http = createHttp();
const servers: Server[] = [];
const urls = new Map<string, string>();

async function serve(name: string, answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  urls.set(name, `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
}

const askWith =
  (name: string) =>
  async (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const response = await fetch(urls.get(name) ?? '', {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return response.json();
  };

beforeAll(async () => {
  for (const { name, sdl, resolvers } of subgraphs) {
    const schema = buildSubgraph(sdl, resolvers);
    const { answer } = await serveSubgraph({
      schema,
      admit: () => Promise.resolve({ principal: localDeveloper, caller: 'gateway' as const }),
      timeout: 5000,
    });
    await serve(name, answer);
  }
  const composed = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, url: urls.get(name) ?? '', typeDefs: parse(sdl) })),
  );
  if (composed.supergraphSdl === undefined) throw new Error(JSON.stringify(composed.errors));
  const engine = createEngine({
    supergraph: composed.supergraphSdl,
    subgraphs: (name, url) => remoteSubgraph(name, url, { post: http.post }),
  });
  await serve(
    'router',
    createDoor({ engine, authenticate: anyone, timeout: 5000, bodyLimit: 100_000, suggestions: true }),
  );
});

afterAll(async () => {
  await http.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

jest.doMock(join(root, 'dist/utils/client.js'), () => ({
  productsRequest: askWith('products'),
  routerRequest: askWith('router'),
}));

const files = readdirSync(tests).filter((name) => name.endsWith('.test.js'));
for (const file of files) {
  describe(file, () => {
    require(join(tests, file));
  });
}

test('all twelve files of the package were run', () => {
  expect(files).toHaveLength(12);
});
