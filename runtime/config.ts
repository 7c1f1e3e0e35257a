import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Failure } from './failure.ts';
import { doorSettings, type DoorSettings } from './settings/door.ts';
import { nameOf, ROLES, settings, SYSTEMS, type Role, type Settings } from './settings.ts';

export { authenticationOf } from './settings/door.ts';
export type { Role } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Key = keyof typeof settings;
type Subgraph = Exclude<Role, 'gateway'>;
type HookSecret = `webhookSecret${Capitalize<(typeof SYSTEMS)[number]>}`;

/** What `npm start` says for whoever tries it on his own machine. */
interface Flags {
  readonly development?: boolean;
}

/** What this process is to do, checked as a whole. Names, defaults and units are in the table of `settings.ts`. */
export interface Config
  extends
    Omit<Settings, 'roles' | `${Subgraph}Url` | HookSecret | 'graphiql' | 'introspection' | 'authentication'>,
    Omit<DoorSettings, 'wrong'> {
  readonly roles: ReadonlySet<Role>;
  /** Where the subgraphs are that run elsewhere. */
  readonly remotes: ReadonlyMap<Role, string>;
  /** The secrets that a system may sign its messages with, by its name; absent where none are taken. */
  readonly webhookSecrets: ReadonlyMap<string, readonly string[]>;
  readonly graphiql: boolean;
  readonly introspection: boolean;
}

const keys = Object.keys(settings) as Key[];

/**
 * Reads the configuration from the environment, below it from a file `.env` in the working directory.
 * @param flags what the command line says besides
 * @throws Failure INVALID_CONFIGURATION with one sentence for each thing that is wrong and what to do about it
 */
export function readConfig(environment: Environment = ownEnvironment(), flags: Flags = {}): Config {
  const wrong: string[] = [];
  const read = (key: Key): unknown => {
    const written = valueOf(key, environment, wrong) ?? initialOf(key);
    if (written === undefined) return undefined;
    const parsed = settings[key].parse.safeParse(written);
    if (!parsed.success) wrong.push(`${nameOf(key)} must be ${settings[key].form}.`);
    return parsed.data;
  };
  // Each value has the type of its own parser; the object as a whole cannot be told so without saying it.
  const found = Object.fromEntries(keys.map((key) => [key, read(key)])) as unknown as Settings;
  refuse(wrong);

  const { roles: list, graphiql, introspection, ...rest } = found;
  const roles = new Set(list);
  const { wrong: wrongAtDoor, ...door } = doorSettings(
    found,
    roles.has('gateway'),
    flags.development === true,
  );
  refuse([...contradictions(found, roles, environment), ...wrongAtDoor]);
  const remotes = new Map<Role, string>();
  for (const role of ROLES) {
    const url = role === 'gateway' ? undefined : found[`${role}Url`];
    if (url !== undefined) remotes.set(role, url);
  }
  const webhookSecrets = new Map<string, readonly string[]>();
  for (const system of SYSTEMS) {
    const secrets = found[hookSecretOf(system)];
    if (secrets) webhookSecrets.set(system, secrets);
  }
  const development = rest.nodeEnv !== 'production';
  return {
    ...rest,
    ...door,
    roles,
    remotes,
    webhookSecrets,
    graphiql: graphiql ?? development,
    introspection: introspection ?? development,
  };
}

function hookSecretOf<S extends (typeof SYSTEMS)[number]>(system: S): `webhookSecret${Capitalize<S>}` {
  // What TypeScript's own `Capitalize` does, which no function's type says.
  return `webhookSecret${system.charAt(0).toUpperCase()}${system.slice(1)}` as `webhookSecret${Capitalize<S>}`;
}

/** What cannot be true at the same time. */
function contradictions(found: Settings, roles: ReadonlySet<Role>, environment: Environment): string[] {
  const wrong: string[] = [];
  const missing = ROLES.filter((role) => !roles.has(role));
  const apart = missing.length > 0;
  if (apart && found.databaseUrl === undefined)
    wrong.push(
      `Set DATABASE_URL, or ROLES=all: the embedded store serves one process only, and ROLES leaves out ${missing.join(', ')}.`,
    );
  if (apart && found.passSecret === undefined)
    wrong.push(
      'Set PASS_SECRET to the same secret in every process: with ROLES split they must know each other.',
    );
  for (const role of ROLES) {
    if (role === 'gateway') continue;
    const url = found[`${role}Url`];
    if (roles.has(role) && url !== undefined)
      wrong.push(
        `Remove ${role.toUpperCase()}_URL, or ${role} from ROLES: it would be both here and elsewhere.`,
      );
    const needy = needs(roles, role);
    if (needy !== undefined && !roles.has(role) && url === undefined)
      wrong.push(`Set ${role.toUpperCase()}_URL, or add ${role} to ROLES: ${needy} needs it.`);
  }
  if (found.databaseUrl !== undefined && environment.DATA_DIR)
    wrong.push('Remove DATA_DIR or DATABASE_URL: there is one store, embedded or a server.');
  if (found.costBudgetPerMinute > 0 && found.costBudgetPerMinute < found.costLimit)
    wrong.push('COST_BUDGET_PER_MINUTE must be at least COST_LIMIT, or 0: some operations could never run.');
  if (found.port !== 0 && found.port === found.sandboxPort)
    wrong.push('PORT and SANDBOX_PORT must differ; give one of them another number.');
  return wrong;
}

/** Who in this process cannot do without a subgraph. */
function needs(roles: ReadonlySet<Role>, subgraph: Subgraph): string | undefined {
  if (roles.has('gateway')) return 'the gateway';
  const isSystem = SYSTEMS.some((system) => system === subgraph);
  return roles.has('coordination') && isSystem ? 'coordination' : undefined;
}

const initialOf = (key: Key): string | undefined => {
  const one = settings[key];
  return 'initial' in one ? one.initial : undefined;
};

/** A secret may be in a file of its own; an empty value counts as none. */
function valueOf(key: Key, environment: Environment, wrong: string[]): string | undefined {
  const name = nameOf(key);
  const value = environment[name] ?? '';
  const file = 'secret' in settings[key] ? (environment[`${name}_FILE`] ?? '') : '';
  if (value && file) wrong.push(`Remove ${name} or ${name}_FILE: only one of them can count.`);
  if (!file) return value || undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    wrong.push(`${name}_FILE names a file that cannot be read.`);
    return undefined;
  }
}

function refuse(sentences: readonly string[]): void {
  if (sentences.length > 0) throw new Failure('INVALID_CONFIGURATION', sentences.join(' '));
}

function ownEnvironment(): Environment {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return { ...file, ...process.env };
}

/** The configuration in effect, a line each, without any secret. */
export function describe(config: Config): string[] {
  const shown: Readonly<Record<string, unknown>> = {
    ...config,
    roles: [...config.roles].join(','),
    ...Object.fromEntries([...config.remotes].map(([role, url]) => [`${role}Url`, url])),
    ...Object.fromEntries(SYSTEMS.map((name) => [hookSecretOf(name), config.webhookSecrets.get(name)])),
  };
  return keys.flatMap((key) => {
    const value = shown[key];
    if (typeof value === 'boolean') return [`${nameOf(key)}=${value ? 'on' : 'off'}`];
    if (value === undefined) return [];
    if ('secret' in settings[key]) return [`${nameOf(key)}=(secret)`];
    const written = Array.isArray(value) ? value.join(',') : value;
    return typeof written === 'string' || typeof written === 'number' ? [`${nameOf(key)}=${written}`] : [];
  });
}

/** The settings, for `--help`. */
export function help(): string {
  return keys
    .map((key) => {
      const one = settings[key];
      const file = 'secret' in one ? `, or ${nameOf(key)}_FILE with the path of a file that has it` : '';
      const initial = initialOf(key);
      return `${nameOf(key)}${file}\n    ${one.about}\n    ${one.form}${initial === undefined ? '' : `; ${initial} by default`}\n`;
    })
    .join('\n');
}

/** The whole of `.env.example`. */
export function envExample(): string {
  const entries = keys.map((key) => {
    const one = settings[key];
    const file = 'secret' in one ? `# ${nameOf(key)}_FILE=\n` : '';
    return `# ${one.about}\n# (${one.form})\n# ${nameOf(key)}=${initialOf(key) ?? ''}\n${file}`;
  });
  return `# Settings and their defaults; copy to .env and take the # away from what you change.\n\n${entries.join('\n')}`;
}

/** The access token that commands show to a graph; undefined where none is set. */
export const tokenVariable = (): string | undefined => ownEnvironment().GRAPH_TOKEN;

/** Which servers the tests may use; nothing else reads it. */
export function testServices(): { readonly databaseUrl?: string; readonly required: boolean } {
  const databaseUrl = process.env.TEST_DATABASE_URL;
  return { ...(databaseUrl ? { databaseUrl } : {}), required: process.env.REQUIRE_SERVICES === '1' };
}
