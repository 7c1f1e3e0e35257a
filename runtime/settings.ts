import { z } from 'zod';
import { auditSettings } from './settings/audit.ts';
import { authenticationSettings } from './settings/authentication.ts';
import { driftSettings } from './settings/drift.ts';
import { httpUrl, listOf, onOff, oneOf, text, whole, type Setting } from './settings/forms.ts';
import { limitSettings } from './settings/limits.ts';
import { onboardingSettings } from './settings/onboarding.ts';
import { webhookSecret } from './signature.ts';

/** The systems of record, which coordination needs, here or elsewhere. */
export const SYSTEMS = ['crm', 'erp', 'billing'] as const;
/** What a process can be; the gateway needs all the others, here or elsewhere. */
export const ROLES = [
  'gateway',
  'audit',
  'steward',
  'identity',
  'coordination',
  'events',
  ...SYSTEMS,
] as const;
export type Role = (typeof ROLES)[number];

const elsewhere = (role: Role) => ({
  ...httpUrl,
  about: `Where the subgraph ${role} is when another process has that role.`,
});

const hookSecret = (system: (typeof SYSTEMS)[number]) => ({
  parse: listOf(webhookSecret),
  form: 'a secret as Standard Webhooks writes it (whsec_ and base64 of 24 to 64 bytes), or a comma list of them',
  about: `Signs the messages of changes that ${system} sends to /webhooks/${system}; none are taken without it.`,
  secret: true as const,
});

const numberOfSystem = `\\s*(?:${SYSTEMS.join('|')})=[1-9]\\d{0,5}\\s*`;
const numbersBySystem = {
  parse: z
    .string()
    .regex(new RegExp(`^${numberOfSystem}(?:,${numberOfSystem})*$`))
    .transform((list) => {
      const pairs = list.split(',').map((pair) => pair.trim().split('='));
      return new Map(pairs.map(([system = '', number]) => [system, Number(number)]));
    }),
  form: `a comma list of system=number with whole numbers from 1 on, e.g. erp=5; the systems are ${SYSTEMS.join(', ')}`,
};

/** Every setting there is: the environment, `--help` and `.env.example` are read out of this table. */
export const settings = {
  nodeEnv: {
    ...oneOf('development', 'production', 'test'),
    initial: 'development',
    about: 'Production logs JSON, and turns GraphiQL and introspection off unless told otherwise.',
  },
  host: {
    ...text,
    initial: '127.0.0.1',
    about:
      'Address to listen on; the gateway takes another than a loopback address only with authentication, and TLS.',
  },
  port: { ...whole(0, 65535), initial: '4000', about: 'Port to listen on; 0 takes any free one.' },
  roles: {
    parse: z
      .string()
      .transform((list) => (list === 'all' ? [...ROLES] : list.split(',').map((role) => role.trim())))
      .pipe(z.array(z.enum(ROLES)).min(1)),
    form: `all, or a comma list of ${ROLES.join(', ')}`,
    initial: 'all',
    about: `What this process is: all in one, or a comma list of ${ROLES.join(', ')}.`,
  },
  auditUrl: elsewhere('audit'),
  stewardUrl: elsewhere('steward'),
  identityUrl: elsewhere('identity'),
  coordinationUrl: elsewhere('coordination'),
  eventsUrl: elsewhere('events'),
  crmUrl: elsewhere('crm'),
  erpUrl: elsewhere('erp'),
  billingUrl: elsewhere('billing'),
  passSecret: {
    parse: listOf(z.string().min(32)),
    form: 'a secret of at least 32 characters, or a comma list of them with the current one first',
    about: 'Signs the pass that subgraphs elsewhere ask for; the same in every process of the graph.',
    secret: true,
  },
  ...authenticationSettings,
  databaseUrl: {
    parse: z.string().regex(/^postgres(ql)?:\/\//),
    form: 'a postgres:// URL',
    about: 'A PostgreSQL server; without it the store is embedded, which needs all roles in one process.',
    secret: true,
  },
  databaseConnections: {
    ...whole(1, 1000),
    initial: '10',
    about: 'Connections to the PostgreSQL server at most.',
  },
  databaseSchema: { ...text, about: 'A schema of its own in that database; public without.' },
  databaseDurability: {
    ...oneOf('required', 'advised'),
    about:
      'Whether a server that can lose what it has acknowledged (fsync, synchronous_commit or full_page_writes off) is refused, or only warned of; required in production.',
  },
  redisUrl: {
    parse: z.string().regex(/^rediss?:\/\//),
    form: 'a redis:// or rediss:// URL',
    about:
      'A Redis server, by which changes reach other processes faster; without it they go by the database, and nothing is ever lost with it.',
    secret: true,
  },
  dataDir: { ...text, initial: './data', about: 'Directory of the embedded store.' },
  sampleData: {
    ...oneOf('northwind', 'none'),
    initial: 'northwind',
    about: 'What an empty store is filled with at the first start.',
  },
  ...limitSettings,
  graphiql: { ...onOff, about: 'The query page at the gateway; on outside production.' },
  introspection: { ...onOff, about: 'Whether the schema can be queried; on outside production.' },
  drainTimeoutMs: {
    ...whole(0, 600_000, 'milliseconds'),
    initial: '10000',
    about: 'How long a stopping process waits for requests that run.',
  },
  feedIntervalMs: {
    ...whole(10, 3_600_000, 'milliseconds'),
    initial: '1000',
    about: "How long after the end of a system's feed it is looked at again.",
  },
  sweepIntervalHours: {
    ...whole(1, 8760, 'hours'),
    initial: '24',
    about: 'How often the records of a system that does not tell what is gone are compared with those known.',
  },
  duplicateSweepHours: {
    ...whole(0, 8760, 'hours'),
    initial: '0',
    about:
      'How often all customers are compared for those that may be one, and stewards asked about them; 0 for never by itself.',
  },
  ...driftSettings,
  webhookSecretCrm: hookSecret('crm'),
  webhookSecretErp: hookSecret('erp'),
  webhookSecretBilling: hookSecret('billing'),
  ...auditSettings,
  eventRetentionDays: {
    ...whole(1, 3_650, 'days'),
    initial: '30',
    about: 'How long changes are kept for those who come back for them.',
  },
  eventRetentionMax: {
    ...whole(1_000, 1_000_000_000, 'changes'),
    initial: '10000000',
    about: 'How many of them are kept at most.',
  },
  sandboxPort: {
    parse: z.union([z.literal('off'), whole(0, 65535).parse]),
    form: `${whole(0, 65535).form}, or off`,
    initial: '4010',
    about: "Port of the sandbox systems' own HTTP API, on the loopback interface; off for none.",
  },
  systemConcurrency: { ...whole(1, 10_000), initial: '64', about: 'Calls to one system at a time.' },
  systemQueue: { ...whole(0, 100_000), initial: '1000', about: 'Calls that may wait for one system.' },
  writeRates: {
    ...numbersBySystem,
    about:
      'Writes a second that a system bears, from all processes together; no limit where it is not named.',
  },
  writeConcurrencies: {
    ...numbersBySystem,
    about:
      'Writes at a time that a system bears, from all processes together; no limit where it is not named.',
  },
  breakerFailures: {
    ...whole(1, 1000),
    initial: '5',
    about: 'Failed calls in a row after which a system is left alone.',
  },
  breakerOpenMs: {
    ...whole(10, 600_000, 'milliseconds'),
    initial: '5000',
    about: 'How long it is left alone before one call tries again.',
  },
  readAttempts: {
    ...whole(1, 10),
    initial: '2',
    about: 'Attempts of a read, the first included; a write has one.',
  },
  ...onboardingSettings,
  webhookAllowPrivate: {
    ...onOff,
    initial: 'off',
    about: 'Whether webhooks may go to private networks, and without TLS: to try them on one machine.',
  },
  logLevel: {
    ...oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    initial: 'info',
    about: 'The least important lines that are logged.',
  },
} satisfies Record<string, Setting>;

/** The values by the table's keys; absent ones have no default. */
export type Settings = {
  readonly [K in keyof typeof settings]:
    | z.output<(typeof settings)[K]['parse']>
    | ((typeof settings)[K] extends { initial: string } ? never : undefined);
};

/** `bodyLimitBytes` is `BODY_LIMIT_BYTES` in the environment. */
export const nameOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
