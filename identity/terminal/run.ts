import { Failure } from '../../runtime/failure.ts';
import { existingStore, type StoreConfig } from '../../runtime/terminal/store.ts';
import { exitCodeOf, type Terminal } from '../../runtime/terminal/terminal.ts';
import type { Command, Work } from './command.ts';
import { decide } from './decide.ts';
import { list } from './list.ts';
import { sweep } from './sweep.ts';

/** Where the command is run. */
export interface DuplicatesTerminal extends Terminal {
  readonly config: () => StoreConfig;
}

const help = `npm run duplicates -- sweep [--raise]
npm run duplicates -- list [--verdict SAME|ASK] [--first N]
npm run duplicates -- decide ID ID SAME|DIFFERENT --by WHO [--reason TEXT]

sweep   compares all customers that have something in common, block by block, and keeps which may be one. A sweep that was
        stopped, or whose process died, goes on where it was. What people have decided is not asked again.
list    writes what the last sweep found to the standard output, the likeliest first, a line of JSON each: ids and reasons,
        no values.
decide  keeps what a person has decided of two customers.

--raise        asks a steward about each of them: an item of the kind POSSIBLE_DUPLICATE, one while it is open
--verdict V    only those with this verdict
--first N      so many at most; 1000 where absent
--by WHO       who has decided
--reason TEXT  why

The store is that of the settings (DATABASE_URL, or DATA_DIR for the embedded one, while no server has it open). On a server
everything may go on meanwhile. 130: stopped before the end.
`;

const commands: Readonly<Record<string, Command>> = { sweep, list, decide };

/**
 * What a command line asks for.
 * @throws Failure BAD_USER_INPUT
 */
export function workOf([name = '', ...rest]: readonly string[]): Work {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new Failure('BAD_USER_INPUT', 'Say "sweep", "list" or "decide"; --help shows what there is.');
  return command(rest);
}

/**
 * `npm run duplicates`, as a function.
 * @returns the exit code: 0 done, 1 it could not be done, 130 stopped
 */
export function runDuplicates(given: readonly string[], terminal: DuplicatesTerminal): Promise<number> {
  return exitCodeOf(async () => {
    if (given.includes('--help')) {
      terminal.out.write(help);
      return 0;
    }
    const work = workOf(given);
    const db = await existingStore(terminal.config());
    try {
      const [found] = await db.query<{ exists: boolean }>(
        `select to_regclass('identity_sweep') is not null as exists`,
      );
      if (found?.exists !== true)
        throw new Failure('NOT_FOUND', 'This store is of an earlier version; start the server once.');
      return await work(db, terminal);
    } finally {
      await db.close();
    }
  }, terminal.err);
}
