import { Failure } from '../../../runtime/failure.ts';
import { parsedArguments } from '../../../runtime/terminal/arguments.ts';
import { duration } from '../../../runtime/terminal/progress.ts';
import { sweepToEnd } from '../../../runtime/terminal/sweep.ts';
import { interrupted, type Terminal } from '../../../runtime/terminal/terminal.ts';
import { sweepOf, type SweepProgress } from '../sweep.ts';
import type { DriftPolicy } from '../verdict.ts';
import { count, type Command, type Keeping } from './work.ts';

/** `sweep`: goes through all customers, or on through those that an earlier one left. */
export const sweep: Command = (given) => {
  const { values } = parsedArguments({ args: [...given], options: { policy: { type: 'string' } } });
  const { policy } = values;
  if (policy !== undefined && policy !== 'ask' && policy !== 'repair')
    throw new Failure('BAD_USER_INPUT', '--policy must be ask or repair.');
  return (keeping, terminal) => sweepThrough(keeping, terminal, policy ?? keeping.policy);
};

async function sweepThrough(keeping: Keeping, terminal: Terminal, policy: DriftPolicy): Promise<number> {
  const { db, identity, look, carryOut } = keeping;
  const { out, signal } = terminal;
  const began = performance.now();
  const one = sweepOf({ db, identity, entity: 'Customer', look, policy, interval: 0 });
  const at = await sweepToEnd(one, 'customers', terminal);
  if (!at) return interrupted;
  out.write(`${figuresOf(at)} It took ${duration((performance.now() - began) / 1000)}.\n`);
  if (policy === 'repair') {
    const { repaired, left } = await carryOut(signal);
    out.write(`${count(repaired)} copies are as their owners have them again, ${count(left)} are not yet.\n`);
  } else if (at.different > 0)
    out.write('"list" writes out what differs, "repair" gives it its owner\'s value again.\n');
  return signal.aborted ? interrupted : 0;
}

/** Such as `1,200 copies were compared: 1,190 are equal, …`. */
function figuresOf({
  compared,
  equal,
  different,
  moving,
  asked,
  repaired,
  unreachable,
}: SweepProgress): string {
  return (
    `${count(compared)} copies were compared: ${count(equal)} are equal, ${count(different)} differ ` +
    `(${count(asked)} asked about anew, ${count(repaired)} to be repaired), ${count(moving)} were being written, ` +
    `${count(unreachable)} could not be read.`
  );
}
