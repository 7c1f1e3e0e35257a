import { commandEntry, record } from '../../audit/index.ts';
import { Failure } from '../../runtime/failure.ts';
import { parsedArguments } from '../../runtime/terminal/arguments.ts';
import { stewardsQueue } from '../matching/queue.ts';
import { pairOf, verdicts } from '../matching/verdicts.ts';
import type { Command } from './command.ts';

/** `decide`: keeps a verdict, and asks nobody about it any more. */
export const decide: Command = (given) => {
  const { values, positionals } = parsedArguments({
    args: [...given],
    allowPositionals: true,
    options: { by: { type: 'string' }, reason: { type: 'string' } },
  });
  const [one = '', other = '', verdict, ...more] = positionals;
  if ((verdict !== 'SAME' && verdict !== 'DIFFERENT') || more.length > 0)
    throw new Failure('BAD_USER_INPUT', 'Say two ids and SAME or DIFFERENT; --help shows what there is.');
  const { by, reason } = values;
  if (by === undefined || by.trim() === '')
    throw new Failure('BAD_USER_INPUT', '--by must say who has decided.');
  const pair = pairOf(one, other);
  return async (db, { out }) => {
    await db.transaction(async (tx) => {
      const known = await tx.query('select from identity_customer where id in ($1::uuid, $2::uuid)', [
        pair.lower,
        pair.higher,
      ]);
      if (known.length < 2) throw new Failure('NOT_FOUND', 'There are no two customers with these ids.');
      await verdicts.record(tx, { one, other, verdict, by, reason });
      await stewardsQueue.withdraw(tx, pair, 'DECIDED');
      const told = {
        action: 'DECISION',
        entity: 'Customer',
        outcome: verdict,
        reason: reason ?? null,
      } as const;
      await record(
        tx,
        [pair.lower, pair.higher].map((entityId) => commandEntry(by, 'duplicates', { ...told, entityId })),
      );
    });
    const kept =
      verdict === 'SAME' ? 'the same. They stay two until mergeCustomers makes them one' : 'different';
    out.write(`Kept: ${pair.lower} and ${pair.higher} are ${kept}.\n`);
    return 0;
  };
};
