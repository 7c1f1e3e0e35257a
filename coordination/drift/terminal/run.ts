import { Failure } from '../../../runtime/failure.ts';
import { exitCodeOf, type Terminal } from '../../../runtime/terminal/terminal.ts';
import { list } from './list.ts';
import { repair } from './repair.ts';
import { sweep } from './sweep.ts';
import type { Command, Keeping, Work } from './work.ts';

/** Where the command is run. */
export interface DriftTerminal extends Terminal {
  /** The store and the systems of the settings, once it is clear what is to be done with them. */
  readonly open: () => Promise<Keeping>;
}

const help = `npm run drift -- sweep [--policy ask|repair]
npm run drift -- list [--state ASKED|TO_REPAIR|ORDERED|IGNORED] [--first N]
npm run drift -- repair [--customer ID] [--system ERP|BILLING] [--attribute NAME]

sweep   compares every copy of a value with its owner's, and does about what differs what the policy says. A sweep that was
        stopped, or whose process died, goes on where it was. A write in flight is no difference.
list    writes the copies that are known to differ to the standard output, the longest known first, a line of JSON each: ids,
        names of attributes, versions, no values.
repair  gives copies that are known to differ their owner's value again, by ordinary writes, and waits for these; without a
        choice all of them but those that are to stay as they are.

--policy P        ask: a steward is asked (an item of the kind DRIFT); repair: the owner's value is written to the copy again;
                  DRIFT_POLICY where absent
--state S         only those in this state
--first N         so many at most; 1000 where absent
--customer ID     only those of this customer
--system S        only those that this system keeps
--attribute NAME  only those of this attribute

The store and the systems are those of the settings (DATABASE_URL, or DATA_DIR for the embedded store, while no server has it
open). On a server everything may go on meanwhile. 130: stopped before the end.
`;

const commands: Readonly<Record<string, Command>> = { sweep, list, repair };

/**
 * What a command line asks for.
 * @throws Failure BAD_USER_INPUT
 */
function workOf([name = '', ...rest]: readonly string[]): Work {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new Failure('BAD_USER_INPUT', 'Say "sweep", "list" or "repair"; --help shows what there is.');
  return command(rest);
}

/**
 * `npm run drift`, as a function.
 * @returns the exit code: 0 done, 1 it could not be done, 130 stopped
 */
export function runDrift(given: readonly string[], terminal: DriftTerminal): Promise<number> {
  return exitCodeOf(async () => {
    if (given.includes('--help')) {
      terminal.out.write(help);
      return 0;
    }
    const work = workOf(given);
    const keeping = await terminal.open();
    try {
      return await work(keeping, terminal);
    } finally {
      await keeping.close();
    }
  }, terminal.err);
}
