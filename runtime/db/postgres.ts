import pg from 'pg';
import { Failure } from '../failure.ts';
import { risksOf } from './durability.ts';
import { listening } from './listener.ts';
import type { Db, Durability } from './port.ts';
import { sqlProblem } from './problem.ts';
import { isStale, statementNames } from './statements.ts';
import { transactions, type Session } from './transaction.ts';
import { turns } from './turns.ts';
import { parserOf, SESSION, textOf } from './values.ts';

export interface PostgresOptions {
  readonly connections?: number;
  readonly schema?: string;
  readonly readOnly?: boolean;
  readonly progress: (line: string) => void;
}

/** Longest run of one statement, in milliseconds; a migration sets its own. */
const STATEMENT_TIMEOUT = 60_000;
/** Longest wait for a connection of the pool or for the server, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;

/**
 * A PostgreSQL server.
 * @throws Failure STORE_UNAVAILABLE
 */
export async function openPostgres(databaseUrl: string, options: PostgresOptions): Promise<Db> {
  const settings: pg.ClientConfig = {
    connectionString: databaseUrl,
    application_name: 'customer-graph',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  };
  const prepare = async (client: pg.ClientBase): Promise<void> => {
    await client.query(
      `${SESSION}; set statement_timeout = ${STATEMENT_TIMEOUT}; set idle_in_transaction_session_timeout = ${STATEMENT_TIMEOUT}` +
        (options.schema === undefined
          ? ''
          : `; set search_path = ${pg.escapeIdentifier(options.schema)}, public`) +
        (options.readOnly === true ? '; set default_transaction_read_only = on' : ''),
    );
  };
  // The pool waits for the promise, which its types do not say.
  // eslint-disable-next-line @typescript-eslint/no-misused-promises
  const pool = new pg.Pool({ ...settings, max: options.connections ?? 10, onConnect: prepare });
  // A connection that breaks while nobody uses it: the pool has dropped it already and makes another when asked.
  pool.on('error', () => undefined);
  // One that breaks between two statements of a transaction: the next statement says so. Unheard, it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  /** A connection outside the pool, for what keeps one for long. */
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(settings);
    client.on('error', () => undefined);
    try {
      await client.connect();
      await prepare(client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    return client;
  };

  const durability = await begin(pool, options).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const statements = statementNames();
  const session = (client: pg.ClientBase | pg.Pool): Session => ({
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) => {
      const values = parameters.map(textOf);
      const name = statements.nameOf(sql);
      try {
        const answer = await client.query(
          name === undefined ? { text: sql, values } : { name, text: sql, values },
        );
        return answer.rows as Row[];
      } catch (error) {
        if (!isStale(error)) throw unavailable(error);
        statements.forget();
        if (client !== pool) throw error;
        return (await client.query({ text: sql, values })).rows as Row[];
      }
    },
    script: async (sql) => {
      await client.query(sql).catch(rethrow);
    },
    command: async (sql) => (await client.query(sql).catch(rethrow)).command,
  });
  const direct = session(pool);
  const boundary = transactions();
  const locks = new Map<string, ReturnType<typeof turns>>();
  const listener = listening(async () => {
    const client = await connect();
    return {
      command: async (sql) => {
        await client.query(sql);
      },
      onNotification: (heard) =>
        client.on('notification', ({ channel, payload }) => {
          heard(channel, payload ?? '');
        }),
      onEnd: (ended) => client.once('end', ended),
      end: () => client.end(),
    };
  });
  let closed: Promise<void> | undefined;
  const open = (): void => {
    boundary.outside();
    if (closed) throw new Failure('STORE_UNAVAILABLE', 'The store is closed; the process is stopping.');
  };
  return {
    kind: 'postgres',
    durability,
    query: async (sql, parameters) => (open(), direct.query(sql, parameters)),
    script: async (sql) => (open(), direct.script(sql)),
    async transaction(work) {
      open();
      const client = await pool.connect().catch(rethrow);
      try {
        return await boundary.run(session(client), work);
      } finally {
        client.release();
      }
    },
    listen: async (channel, heard) => (open(), listener.listen(channel, heard).catch(rethrow)),
    async lock(name, work) {
      open();
      const queue = locks.get(name) ?? turns();
      locks.set(name, queue);
      return queue(async () => {
        const client = await connect().catch(rethrow);
        try {
          await client.query('set statement_timeout = 0');
          await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]).catch(rethrow);
          return await work();
        } finally {
          await client.end();
        }
      });
    },
    close: () =>
      (closed ??= (async () => {
        await listener.close();
        await pool.end();
      })()),
  };
}

/** Makes what the store needs of the server, and reads what it promises. */
async function begin(pool: pg.Pool, options: PostgresOptions): Promise<Durability> {
  const client = await pool.connect().catch(rethrow);
  try {
    if (options.readOnly !== true) await furnish(client, options);
    const { rows } = await client.query<Record<string, string>>(
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
         current_setting('full_page_writes') as pages`,
    );
    const { fsync, commit = 'unknown', pages } = rows[0] ?? {};
    const durability = {
      fsync: fsync === 'on',
      synchronousCommit: commit,
      fullPageWrites: pages === 'on',
    };
    for (const risk of risksOf(durability)) options.progress(`Warning: ${risk}`);
    return durability;
  } finally {
    client.release();
  }
}

async function furnish(client: pg.PoolClient, { schema }: PostgresOptions): Promise<void> {
  await client.query(`select pg_advisory_lock(hashtextextended('customer-graph extension', 0))`);
  if (schema !== undefined) await client.query(`create schema if not exists ${pg.escapeIdentifier(schema)}`);
  await client.query('create extension if not exists pg_trgm schema public').catch((cause: unknown) => {
    throw new Failure(
      'STORE_UNAVAILABLE',
      'The database lacks the extension pg_trgm; let an administrator run "create extension pg_trgm" in it.',
      { cause },
    );
  });
  await client.query(`select pg_advisory_unlock_all()`);
}

/** SQLSTATE classes of a server that is not there, going down or full. */
const absent = /^(08|57P|53)/;

/** A server that cannot be reached becomes STORE_UNAVAILABLE; what it says of a statement stays as it is. */
function unavailable(cause: unknown): unknown {
  const problem = sqlProblem(cause);
  if (cause instanceof Failure || (problem && !absent.test(problem.state))) return cause;
  return new Failure(
    'STORE_UNAVAILABLE',
    'The database does not answer; start it, or correct DATABASE_URL.',
    { cause },
  );
}

function rethrow(error: unknown): never {
  throw unavailable(error);
}
