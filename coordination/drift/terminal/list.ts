import { Failure } from '../../../runtime/failure.ts';
import { parsedArguments, wholeNumber } from '../../../runtime/terminal/arguments.ts';
import { interrupted } from '../../../runtime/terminal/terminal.ts';
import type { Command } from './work.ts';

/** Lines that are read at a time. */
const most = 1000;

const states = ['TO_REPAIR', 'ORDERED', 'ASKED', 'IGNORED'];

interface Row {
  readonly foundAt: string;
  readonly customer: string;
  readonly system: string;
  readonly attribute: string;
}

const page = `
  select found_at as "foundAt", entity_id as customer, system, attribute, kind, state, key, version, write_id as "write"
  from coordination_drift
  where ($1::text is null or state = $1)
    and ($2::timestamptz is null or (found_at, entity_id, system, attribute) > ($2, $3::text, $4::text, $5::text))
  order by found_at, entity_id, system, attribute limit $6`;

/** `list`: the copies that are known to differ. */
export const list: Command = (given) => {
  const { values } = parsedArguments({
    args: [...given],
    options: { state: { type: 'string' }, first: { type: 'string', default: '1000' } },
  });
  const { state = null } = values;
  if (state !== null && !states.includes(state))
    throw new Failure('BAD_USER_INPUT', `--state must be one of ${states.join(', ')}.`);
  const limit = wholeNumber('--first', values.first, 1, 999_999_999);
  return async ({ db }, { out, signal }) => {
    let left = limit;
    let after: Row | undefined;
    while (left > 0 && !signal.aborted) {
      const { foundAt, customer, system, attribute } = after ?? {};
      const rows = await db.query<Row>(page, [
        state,
        foundAt,
        customer,
        system,
        attribute,
        Math.min(most, left),
      ]);
      for (const row of rows) out.write(`${JSON.stringify(row)}\n`);
      after = rows.at(-1);
      left = after && rows.length === most ? left - rows.length : 0;
    }
    return signal.aborted ? interrupted : 0;
  };
};
