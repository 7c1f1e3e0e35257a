/** The floors of the house: an import goes to the same folder or to a lower floor, never sideways. */
const floors = [
  ['runtime', []],
  // Copied into other programs: knows nothing of the house.
  ['clients', []],
  ['schema', ['runtime']],
  ['audit', ['runtime', 'schema']],
  ['steward', ['runtime', 'schema', 'audit']],
  ['identity', ['runtime', 'schema', 'audit', 'steward']],
  ['events', ['runtime', 'schema', 'audit', 'steward', 'identity']],
  ['subgraphs', ['runtime', 'schema', 'audit', 'steward', 'identity', 'events']],
  ['coordination', ['runtime', 'schema', 'audit', 'steward', 'identity', 'events']],
  ['gateway', ['runtime', 'schema', 'audit', 'steward', 'identity', 'events', 'subgraphs', 'coordination']],
  // Looks at all of them, and nobody at it.
  [
    'doctor',
    [
      ...['runtime', 'schema', 'audit', 'steward', 'identity', 'events', 'subgraphs', 'coordination'],
      'gateway',
    ],
  ],
];
const folders = floors.map(([name]) => name);

/** Each vendor library has one home. */
const homes = {
  '@theguild/federation-composition': '^schema/compose\\.ts$',
  '@apollo/subgraph': '^runtime/subgraph\\.ts$',
  '@apollo/server': '^runtime/subgraph\\.ts$',
  '@graphql-hive/router-query-planner': '^gateway/planner\\.ts$',
  'graphql-jit': '^runtime/executor\\.ts$',
  undici: '^runtime/http\\.ts$',
  'ipaddr.js': '^runtime/address\\.ts$',
  ws: '^runtime/streaming/(sockets|connection)\\.ts$',
  'graphql-ws': '^(runtime/streaming/sockets\\.ts$|clients/)',
  '@electric-sql/pglite': '^runtime/db/pglite\\.ts$',
  pg: '^runtime/db/postgres\\.ts$',
  cockatiel: '^runtime/guard\\.ts$',
  jose: '^runtime/(pass|token|seal)\\.ts$',
  'node:sqlite': '^runtime/db/owner\\.ts$',
  'csv-parse': '^(runtime/file/csv|subgraphs/seed/northwind/rows)\\.ts$',
  stdnum: '^coordination/rules/tax-schemes\\.ts$',
  ibantools: '^schema/iban\\.ts$',
  'libphonenumber-js': '^coordination/rules/phone\\.ts$',
  'postcode-validator': '^coordination/rules/postal-code\\.ts$',
  ioredis: '^events/redis\\.ts$',
  pino: '^runtime/telemetry\\.ts$',
  standardwebhooks: '^runtime/signature\\.ts$',
  'prom-client': '^runtime/telemetry\\.ts$',
};

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...floors.map(([name, below]) => ({
      name: `floor-of-${name}`,
      severity: 'error',
      from: { path: `^${name}/`, pathNot: '/cli\\.ts$' },
      to: {
        path: `^(${[...folders.filter((f) => f !== name && !below.includes(f)).map((f) => `${f}/`), '(house/|(main|house)\\.ts$)'].join('|')})`,
      },
    })),
    {
      name: 'main-sees-all-and-is-seen-by-none',
      severity: 'error',
      from: { pathNot: '(^test/|^house/|^(main|house)\\.ts$|/cli\\.ts$)' },
      to: { path: '^(house/|(main|house)\\.ts$)' },
    },
    {
      name: 'parts-of-the-house-do-not-see-the-whole',
      severity: 'error',
      from: { path: '^house/' },
      to: { path: '^(main|house)\\.ts$' },
    },
    {
      name: 'a-system-never-imports-another',
      severity: 'error',
      from: { path: '^subgraphs/(crm|erp|billing)/' },
      to: { path: '^subgraphs/(crm|erp|billing)/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'a-system-is-entered-by-its-index',
      severity: 'error',
      from: { pathNot: '^(test|subgraphs/(crm|erp|billing))/' },
      to: { path: '^subgraphs/(crm|erp|billing)/', pathNot: '/index\\.ts$' },
    },
    ...Object.entries(homes).map(([library, home]) => ({
      name: `one-home-for-${library}`,
      severity: 'error',
      from: { pathNot: `(^test/|${home})` },
      to: { path: `^node_modules/${library}/` },
    })),
  ],
  options: {
    doNotFollow: { path: '^node_modules' },
    exclude: { path: '^(bench|data|coverage)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
