import { renewStatistics, type Db } from '../db/index.ts';
import { Failure } from '../failure.ts';
import { parsedArguments } from '../terminal/arguments.ts';
import { duration, progressLine } from '../terminal/progress.ts';
import { existingStore, type StoreConfig } from '../terminal/store.ts';
import { exitCodeOf, interrupted, type Terminal } from '../terminal/terminal.ts';
import { removeLog } from './log.ts';
import { rewriteTables } from './tables.ts';

/** Where the store is scrubbed. */
export interface ScrubTerminal extends Terminal {
  readonly config: () => StoreConfig;
}

const help = `npm run scrub -- [--yes]: rewrites the files of the store, so that nothing is left in them of what was deleted.

After an erasure old versions of rows stay in the files of the store, and in its write-ahead log, until it writes over them.
This writes each table into new files, takes new samples of what is in it, and removes the old ones. It needs as much free space as the
largest table has. A row that an open transaction may still see stays: run it when nothing else does.

Of the embedded store (DATA_DIR, while no server has it open) it removes the whole past of the log as well. On a PostgreSQL
server (DATABASE_URL) the log is the server's: what it has, and what archives, standbys and backups have, is its operator's to
remove. Each table is locked there while it is rewritten, and whoever wants it waits.

--yes   on a server: also while somebody else is connected to the database

Exit code 0: done; 1: it could not be done; 130: stopped after a table, and what comes after is as it was.
`;

/**
 * `npm run scrub`, as a function.
 * @returns the exit code: 0 done, 1 it could not be done, 130 stopped
 */
export function runScrub(given: readonly string[], terminal: ScrubTerminal): Promise<number> {
  return exitCodeOf(() => scrub(given, terminal), terminal.err);
}

async function scrub(given: readonly string[], { out, err, signal, config }: ScrubTerminal): Promise<number> {
  const { values } = parsedArguments({
    args: [...given],
    options: { yes: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    out.write(help);
    return 0;
  }
  const db = await existingStore(config());
  try {
    if (db.kind === 'postgres') await prepareServer(db, values.yes);
    const begun = performance.now();
    const took = (): string => duration((performance.now() - begun) / 1000);
    const sampled = await renewStatistics(db);
    let line: ReturnType<typeof progressLine> | undefined;
    const tables = await rewriteTables(db, signal, (done, total) => {
      line ??= progressLine(err, { total, noun: 'tables' });
      line.show(done, 0);
    }).finally(() => line?.end());
    if (tables === null) {
      out.write('Stopped before the end; begin again to have the rest rewritten.\n');
      return interrupted;
    }
    const samples =
      sampled.length > 0
        ? `Samples of values stay of tables that have no rows any more, until a superuser runs this: ${sampled.join(', ')}.\n`
        : '';
    const log =
      db.kind === 'pglite'
        ? `${await removeLog(db)} files of the log were removed. Nothing that was deleted is left in ${config().dataDir}.\n`
        : 'The log of the server, archives, standbys and backups may still have what was deleted.\n';
    out.write(`${tables} tables were rewritten in ${took()}.\n${samples}${log}`);
    return sampled.length > 0 ? 1 : 0;
  } finally {
    await db.close();
  }
}

/**
 * Lets statements take the time that they need, but not wait for others without end.
 * @throws Failure STORE_IN_USE where somebody is connected, unless that was meant
 */
async function prepareServer(db: Db, meant: boolean): Promise<void> {
  const [others] = await db.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()
       and coalesce(backend_type, 'client backend') = 'client backend'`,
  );
  if (others && others.count > 0 && !meant)
    throw new Failure(
      'STORE_IN_USE',
      `There are ${others.count} other connections to this database, which would wait while tables are locked: stop them, or say --yes.`,
    );
  await db.query('set statement_timeout = 0');
  await db.query(`set lock_timeout = '1min'`);
}
