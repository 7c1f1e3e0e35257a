import type { Db } from '../../runtime/db/index.ts';
import { parsedArguments } from '../../runtime/terminal/arguments.ts';
import { duration } from '../../runtime/terminal/progress.ts';
import { sweepToEnd } from '../../runtime/terminal/sweep.ts';
import { interrupted, type Terminal } from '../../runtime/terminal/terminal.ts';
import { fillBlocks } from '../matching/fill.ts';
import { stewardsQueue } from '../matching/queue.ts';
import { sweepOf } from '../matching/sweep.ts';
import type { Command } from './command.ts';

/** Entries of blocks that are walked at a time: nobody waits for this process. */
const most = 10_000;

const count = (number: number): string => number.toLocaleString('en');

/** `sweep`: goes through all customers, or on through those that an earlier one left. */
export const sweep: Command = (given) => {
  const { values } = parsedArguments({ args: [...given], options: { raise: { type: 'boolean' } } });
  return (db, terminal) => sweepThrough(db, terminal, values.raise === true);
};

async function sweepThrough(db: Db, terminal: Terminal, raise: boolean): Promise<number> {
  const { out, err, signal } = terminal;
  const began = performance.now();
  const filled = await fillBlocks(db, signal);
  if (filled > 0) err.write(`${count(filled)} customers were put into blocks first.\n`);
  const one = sweepOf({ db, interval: 0, most, queue: raise ? stewardsQueue : undefined });
  const at = await sweepToEnd(one, 'entries of blocks', terminal);
  if (!at) return interrupted;
  const found = await db.query<{ verdict: string; pairs: string }>(
    'select verdict, count(*) as pairs from identity_duplicate group by verdict',
  );
  const of = (verdict: string) => Number(found.find((row) => row.verdict === verdict)?.pairs ?? 0);
  out.write(
    `${count(at.compared)} pairs of customers were compared in ${duration((performance.now() - began) / 1000)}: ` +
      `${count(of('SAME'))} are the same, ${count(of('ASK'))} are to be decided by a person.\n` +
      (raise ? '' : 'With --raise stewards are asked about them; "list" writes them out.\n'),
  );
  return 0;
}
