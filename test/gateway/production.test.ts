import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildSchema, isObjectType } from 'graphql';
import { anyDocument } from '../../gateway/documents/index.ts';
import { gatewayOf, type GraphMeans } from '../../gateway/graph.ts';
import { readConfig } from '../../runtime/config.ts';
import type { Subgraph } from '../../runtime/executor.ts';
import { newSealKey } from '../../runtime/seal.ts';
import { anyone } from '../../gateway/server.ts';
import { raw } from './served.ts';
import { codesOf, everyWay, ways } from './transports.ts';

/** The real graph as it is set up in production, over subgraphs that only say that they were asked. */
const asked: string[] = [];
const silent = (name: string): Subgraph => ({
  name,
  prepare: (operation) => () => {
    asked.push(operation);
    return { data: {} };
  },
});
const means: GraphMeans = {
  authenticate: anyone,
  reads: { mayShow: () => true, note: () => undefined, stop: () => Promise.resolve() },
  pseudonym: () => '',
  textOf: anyDocument,
  rowsOf: () => null,
};
const config = readConfig({ NODE_ENV: 'production', AUDIT_KEY: newSealKey() });
const door = gatewayOf(config, silent, () => undefined, [{ query: '{ __typename }' }], means);
const server = createServer((request, response) => void door.answer(request, response)).on(
  'upgrade',
  door.upgrade,
);
let port: number;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  await door.drain();
  server.closeAllConnections();
  server.close();
});

const schema = buildSchema(readFileSync('schema/generated/api.graphql', 'utf8'));
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const names = (type: string): readonly string[] => {
  const found = schema.getType(type);
  return isObjectType(found) ? Object.keys(found.getFields()) : [];
};
const wrong = ['user', 'admin', 'node', 'Order', 'viewer', 'Account'];
/** What somebody who guesses well would try, one by one: every name that there is, and some that there are not. */
const probes = [
  ...[...names('Query'), ...wrong].map((word) => `{ ${word} }`),
  ...[...names('Mutation'), ...wrong].map((word) => `mutation { ${word} }`),
  ...[...names('Customer'), ...wrong].map((word) => `{ customer(id: "1") { ${word} { nothing } } }`),
  ...[...types.map(({ name }) => name), ...wrong].flatMap((word) => [
    `{ ... on ${word} { nothing } }`,
    `query($v: ${word}) { __typename }`,
  ]),
];
/** Names of types that a text gives away, of those that nobody has said. */
const given = (text: string, said: string): readonly string[] =>
  types
    .map(({ name }) => name)
    .filter((name) => !/^(Query|Mutation|Subscription|String|Int|Float|Boolean|ID)$/.test(name))
    .filter((name) => new RegExp(`\\b${name}\\b`).test(text) && !new RegExp(`\\b${name}\\b`).test(said));

const post = async (query: string, variables = {}) => ways.POST(port, { query, variables });

test('a word list finds no type: whatever is wrong with a document, the same is said of it', async () => {
  const answers = new Set<string>();
  for (const probe of probes) {
    const told = await post(probe);
    expect([probe, ...codesOf(told)]).toEqual([probe, 'GRAPHQL_VALIDATION_FAILED']);
    answers.add(JSON.stringify(told.errors));
  }
  expect(answers.size).toBe(1);
  expect(given([...answers].join(), '')).toEqual([]);
  expect(asked).toEqual([]);
});

test('errors of variables name nothing that the caller has not', async () => {
  const query = 'query($f: CustomerFilter) { customers(filter: $f) { totalCount } }';
  for (const filter of [{ nothing: 1 }, { segment: 'NONE' }, { name: 1 }, { country: { x: 1 } }, 1]) {
    for (const way of everyWay) {
      const told = await ways[way](port, { query, variables: { f: filter } });
      expect(codesOf(told)).toEqual(['BAD_USER_INPUT']);
      expect(given(told.text, query)).toEqual([]);
      expect(told.text).not.toContain('Did you mean');
    }
  }
});

const head = (method: string, path = '/graphql', ...headers: string[]) => [
  `${method} ${path} HTTP/1.1`,
  'host: localhost',
  ...headers,
];
const json = 'content-type: application/json';
const introspection = '{ __schema { types { name fields { type { fields { type { name } } } } } } }';
const typename = encodeURIComponent('{ __typename }');
const mutation = 'mutation { cancelCustomerWrite(input: { writeId: "1" }) { refusals { code } } }';

/** What the usual audits of GraphQL servers look for. A finding is what its last part gives. */
const findings: readonly (readonly [string, () => Promise<boolean>])[] = [
  [
    'introspection',
    async () =>
      codesOf(await post('{ __schema { queryType { name } } __type(name: "Customer") { name } }')).length ===
      0,
  ],
  ['introspection in a circle', async () => codesOf(await post(introspection)).length === 0],
  ['suggestions of fields', async () => (await post('{ custome { id } }')).text.includes('Did you mean')],
  [
    'a page to query with',
    async () => {
      const paths = ['/', '/graphiql', '/graphql', '/playground', '/console', '/graphiql/graphiql.js'];
      const got = await Promise.all(paths.map((path) => raw(port, head('GET', path, 'accept: text/html'))));
      return got.some(
        ({ status, body }) => status < 400 || /graphiql/i.test(body.replaceAll('/graphql', '')),
      );
    },
  ],
  [
    'aliases without end',
    async () =>
      codesOf(await post(`{ ${Array.from({ length: 101 }, (_, i) => `a${i}: __typename`).join(' ')} }`))
        .length === 0,
  ],
  [
    'batches',
    async () =>
      !(
        await raw(
          port,
          head('POST', '/graphql', json),
          JSON.stringify(Array.from({ length: 10 }, () => ({ query: '{ __typename }' }))),
        )
      ).body.includes('BATCHING_NOT_SUPPORTED'),
  ],
  [
    'directives without end',
    async () => codesOf(await post(`{ __typename ${'@aa '.repeat(200)} }`)).length === 0,
  ],
  [
    'the same field again and again',
    async () => codesOf(await post(`{ ${'__typename '.repeat(500)} }`)).length === 0,
  ],
  [
    'queries by a GET that any page can send',
    async () => (await raw(port, head('GET', `/graphql?query=${typename}`))).status === 200,
  ],
  [
    'changes by GET',
    async () =>
      (
        await raw(
          port,
          head('GET', `/graphql?query=${encodeURIComponent(mutation)}`, 'graphql-require-preflight: 1'),
        )
      ).body.includes('"data"'),
  ],
  [
    'queries by a form that any page can send',
    async () =>
      (
        await raw(
          port,
          head('POST', '/graphql', 'content-type: application/x-www-form-urlencoded'),
          `query=${typename}`,
        )
      ).status === 200,
  ],
  [
    'traces in answers',
    async () => /"(tracing|debug|explain|stacktrace|exception)"/.test((await post('{ __typename }')).text),
  ],
  [
    'faults that nobody has caught',
    async () => {
      const got = await Promise.all(
        ['\0', '{"query": {"a": 1}}', '{"query": "\ud800"}', '[]', '{}'].map((body) =>
          raw(port, head('POST', '/graphql', json), body),
        ),
      );
      return got.some(({ status, body }) => status >= 500 || /stack|at \w+ \(|node_modules/.test(body));
    },
  ],
];

test.each(findings)('in production an audit does not find: %s', async (_finding, found) => {
  expect(await found()).toBe(false);
  expect(asked).toEqual([]);
});

test('the audit finds what is open where it is opened: it could find it here', async () => {
  const open = gatewayOf(readConfig({ GRAPHIQL: 'on' }), silent, () => undefined, [], means);
  const other = createServer((request, response) => void open.answer(request, response));
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const closed = port;
  ({ port } = other.address() as AddressInfo);
  const found = await Promise.all(findings.slice(0, 4).map(([, look]) => look()));
  port = closed;
  await open.drain();
  other.closeAllConnections();
  other.close();
  expect(found).toEqual([true, true, true, true]);
});
