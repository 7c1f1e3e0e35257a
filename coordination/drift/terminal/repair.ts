import { validate } from 'uuid';
import { Failure } from '../../../runtime/failure.ts';
import { parsedArguments } from '../../../runtime/terminal/arguments.ts';
import { interrupted } from '../../../runtime/terminal/terminal.ts';
import { count, type Command } from './work.ts';

/** `repair`: gives copies that are known to differ their owner's value again. */
export const repair: Command = (given) => {
  const { values } = parsedArguments({
    args: [...given],
    options: { customer: { type: 'string' }, system: { type: 'string' }, attribute: { type: 'string' } },
  });
  const { customer, system, attribute } = values;
  if (customer !== undefined && !validate(customer))
    throw new Failure('BAD_USER_INPUT', '--customer must be the id of a customer.');
  return async ({ db, carryOut }, { out, signal }) => {
    const chosen = await db.query(
      `update coordination_drift set state = 'TO_REPAIR', due = clock_timestamp()
       where state in ('ASKED', 'TO_REPAIR') and ($1::text is null or entity_id = $1)
         and ($2::text is null or system = $2) and ($3::text is null or attribute = $3)
       returning entity_id`,
      [customer?.toLowerCase(), system, attribute],
    );
    if (chosen.length === 0) {
      out.write('No copy that is known to differ is meant; "list" shows those that are known.\n');
      return 0;
    }
    const { repaired, left } = await carryOut(signal);
    out.write(`${count(repaired)} copies are as their owners have them again, ${count(left)} are not yet.\n`);
    if (signal.aborted) return interrupted;
    return left === 0 ? 0 : 1;
  };
};
