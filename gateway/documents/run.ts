import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, parse, validate, type GraphQLSchema } from 'graphql';
import { auditMigrations } from '../../audit/index.ts';
import type { Config } from '../../runtime/config.ts';
import { loadMigrations, migrate, openDb, type Db } from '../../runtime/db/index.ts';
import { Failure } from '../../runtime/failure.ts';
import { parsedArguments } from '../../runtime/terminal/arguments.ts';
import { exitCodeOf, type Terminal } from '../../runtime/terminal/terminal.ts';
import { documentLimits, documentRules } from '../limits.ts';
import type { Trusted } from './document.ts';
import { documentsIn, manifestOf } from './manifest.ts';
import { ownManifest } from './open.ts';
import { documentsMigrations, list, publish, withdraw } from './store.ts';

export interface OperationsTerminal extends Terminal {
  readonly config: () => Config;
  /** Of the repository. */
  readonly root: string;
  /** The documents that its own programs send. */
  readonly own: () => readonly string[];
}

const help = `npm run operations -- COMMAND: documents that clients may name by their id instead of sending them.

  publish FILE…   publishes the documents of files: GraphQL (.graphql), Apollo's persisted query manifest, or a JSON
                  object of documents by their SHA-256. All of them or none; what is published already stays as it is
  withdraw ID…    takes documents back; processes that run know within a minute
  list            shows what is published: id, time, names of operations
  generate        writes ${ownManifest} anew: what the programs and examples of this repository send, which is
                  trusted always. With --check it writes nothing and fails where that is not up to date
  --by WHO        who publishes or takes back, for the audit; the user of this machine where absent
  --help          this text

A client asks with {"documentId": "sha256:ID", "variables": {…}} in place of "query". With TRUSTED_DOCUMENTS=only a process
executes nothing else; it knows what is published within two seconds. The store is that of the settings (DATABASE_URL, or
DATA_DIR for the embedded one, while no server has it open).

Exit code: 0, or 1 where something is refused.
`;

/** `npm run operations`, as a function; gives the exit code. */
export function runOperations(given: readonly string[], terminal: OperationsTerminal): Promise<number> {
  return exitCodeOf(() => run(given, terminal), terminal.err);
}

async function run(given: readonly string[], terminal: OperationsTerminal): Promise<number> {
  const { values, positionals } = parsedArguments({
    args: [...given],
    allowPositionals: true,
    options: { help: { type: 'boolean' }, check: { type: 'boolean' }, by: { type: 'string' } },
  });
  const [command, ...names] = positionals;
  const { out } = terminal;
  const { by = userInfo().username } = values;
  if (values.help === true || command === undefined) {
    out.write(help);
    return values.help === true ? 0 : 1;
  }
  if (command === 'generate') return generate(terminal, values.check === true);
  if (command === 'publish') return published(names, by, terminal);
  if (command === 'withdraw') return withdrawn(names, by, terminal);
  if (command !== 'list')
    throw new Failure('BAD_USER_INPUT', `There is no command ${command}; --help shows what there is.`);
  const listed = await withStore(terminal, list);
  for (const { id, publishedAt, names: operations } of listed)
    out.write(`sha256:${id} ${publishedAt} ${operations.join(', ')}\n`);
  return 0;
}

function generate({ out, err, root, own }: OperationsTerminal, check: boolean): number {
  const [path, text] = [join(root, ownManifest), manifestOf(own())];
  const current = existsSync(path) && readFileSync(path, 'utf8') === text;
  if (check && !current) err.write(`${ownManifest} is not up to date: run npm run operations -- generate.\n`);
  else if (!current) {
    writeFileSync(path, text);
    out.write(`${ownManifest} is written.\n`);
  }
  return check && !current ? 1 : 0;
}

async function published(
  files: readonly string[],
  by: string,
  terminal: OperationsTerminal,
): Promise<number> {
  if (files.length === 0)
    throw new Failure('BAD_USER_INPUT', 'Say which files: npm run operations -- publish FILE…');
  const { config, out, root } = terminal;
  const documents = files.flatMap((file) => documentsIn(file, textOf(file)));
  const schema = buildSchema(readFileSync(join(root, 'schema/generated/api.graphql'), 'utf8'));
  for (const one of documents) refuseInvalid(one, schema, config());
  const added = await withStore(terminal, (db) => publish(db, documents, by));
  for (const { id } of documents) out.write(`sha256:${id}${added.includes(id) ? '' : ' (was published)'}\n`);
  return 0;
}

/** What the graph would refuse is not worth an id. */
function refuseInvalid({ id, document }: Trusted, schema: GraphQLSchema, config: Config): void {
  const [error] = [undefined, documentRules(documentLimits(config), true)].flatMap((rules) =>
    validate(schema, parse(document), rules),
  );
  if (error)
    throw new Failure(
      'BAD_USER_INPUT',
      `The document sha256:${id} is not valid for this graph: ${error.message}`,
    );
}

async function withdrawn(ids: readonly string[], by: string, terminal: OperationsTerminal): Promise<number> {
  const wanted = ids.map((id) => id.replace(/^sha256:/, ''));
  const gone = await withStore(terminal, (db) => withdraw(db, wanted, by));
  const missing = wanted.filter((id) => !gone.includes(id));
  for (const id of gone) terminal.out.write(`sha256:${id} is withdrawn.\n`);
  for (const id of missing) terminal.err.write(`sha256:${id} was not published.\n`);
  return missing.length === 0 ? 0 : 1;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Failure('BAD_USER_INPUT', `${file} cannot be read.`, { cause });
  }
}

async function withStore<T>({ config }: OperationsTerminal, work: (db: Db) => Promise<T>): Promise<T> {
  const { databaseUrl, databaseSchema, dataDir } = config();
  if (databaseUrl === undefined && !existsSync(dataDir))
    throw new Failure(
      'NOT_FOUND',
      `There is no store in ${dataDir}; set DATA_DIR or DATABASE_URL to the one that is meant.`,
    );
  const where = databaseUrl === undefined ? { directory: dataDir } : { databaseUrl, connections: 1 };
  const db = await openDb({ ...where, ...(databaseSchema === undefined ? {} : { schema: databaseSchema }) });
  try {
    const migrations = [auditMigrations, documentsMigrations].map((url) => fileURLToPath(url));
    await migrate(db, await loadMigrations(migrations));
    return await work(db);
  } finally {
    await db.close();
  }
}
