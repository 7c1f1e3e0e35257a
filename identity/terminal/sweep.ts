import type { Db } from '../../runtime/db/index.ts';
import { Failure } from '../../runtime/failure.ts';
import { parsedArguments } from '../../runtime/terminal/arguments.ts';
import { duration, progressLine } from '../../runtime/terminal/progress.ts';
import { interrupted, type Terminal } from '../../runtime/terminal/terminal.ts';
import { fillBlocks } from '../matching/fill.ts';
import { stewardsQueue } from '../matching/queue.ts';
import { sweepOf, type SweepProgress } from '../matching/sweep.ts';
import type { Command } from './command.ts';

/** Entries of blocks that are walked at a time: nobody waits for this process. */
const most = 10_000;

const count = (number: number): string => number.toLocaleString('en');

/** `sweep`: goes through all customers, or on through those that an earlier one left. */
export const sweep: Command = (given) => {
  const { values } = parsedArguments({ args: [...given], options: { raise: { type: 'boolean' } } });
  return (db, terminal) => sweepThrough(db, terminal, values.raise === true);
};

async function sweepThrough(db: Db, { out, err, signal }: Terminal, raise: boolean): Promise<number> {
  const began = performance.now();
  const filled = await fillBlocks(db, signal);
  if (filled > 0) err.write(`${count(filled)} customers were put into blocks first.\n`);
  const one = sweepOf({ db, interval: 0, most, queue: raise ? stewardsQueue : undefined });
  let line: ReturnType<typeof progressLine> | undefined;
  let at: SweepProgress | undefined;
  let before: number | undefined;
  try {
    for (let more = true; more && !signal.aborted;) {
      const step = await one.step();
      if (step.state === 'ELSEWHERE' || step.state === 'NOT_DUE')
        throw new Failure('STORE_IN_USE', 'Another process sweeps this store; try again when it is done.');
      at = step;
      before ??= step.walked;
      line ??= progressLine(err, { total: step.total, noun: 'entries of blocks' });
      line.show(step.walked, before);
      more = step.state === 'GOING_ON';
    }
  } finally {
    line?.end();
    await one.release();
  }
  if (signal.aborted) {
    out.write('Stopped before the end; the next sweep goes on from here.\n');
    return interrupted;
  }
  const found = await db.query<{ verdict: string; pairs: string }>(
    'select verdict, count(*) as pairs from identity_duplicate group by verdict',
  );
  const of = (verdict: string) => Number(found.find((row) => row.verdict === verdict)?.pairs ?? 0);
  out.write(
    `${count(at?.compared ?? 0)} pairs of customers were compared in ${duration((performance.now() - began) / 1000)}: ` +
      `${count(of('SAME'))} are the same, ${count(of('ASK'))} are to be decided by a person.\n` +
      (raise ? '' : 'With --raise stewards are asked about them; "list" writes them out.\n'),
  );
  return 0;
}
