import type { Db } from '../../runtime/db/index.ts';
import { Failure } from '../../runtime/failure.ts';
import { parsedArguments, wholeNumber } from '../../runtime/terminal/arguments.ts';
import { interrupted, type Terminal } from '../../runtime/terminal/terminal.ts';
import type { Found } from '../matching/walk.ts';
import type { Command } from './command.ts';

/** Pairs that are read at a time. */
const most = 1000;

const page = `
  select lower, higher, verdict, score, reasons from identity_duplicate
  where ($1::text is null or verdict = $1) and
    (score < $2::float8 or score = $2::float8 and (lower, higher) > ($3::uuid, $4::uuid))
  order by score desc, lower, higher limit $5`;

const first = { score: 2, lower: '00000000-0000-0000-0000-000000000000' };

/** `list`: what the last sweep has found. */
export const list: Command = (given) => {
  const { values } = parsedArguments({
    args: [...given],
    options: { verdict: { type: 'string' }, first: { type: 'string', default: '1000' } },
  });
  const { verdict = null } = values;
  if (verdict !== null && verdict !== 'SAME' && verdict !== 'ASK')
    throw new Failure('BAD_USER_INPUT', '--verdict must be SAME or ASK.');
  const limit = wholeNumber('--first', values.first, 1, 999_999_999);
  return (db, terminal) => write(db, terminal, verdict, limit);
};

async function write(
  db: Db,
  { out, signal }: Terminal,
  verdict: 'SAME' | 'ASK' | null,
  limit: number,
): Promise<number> {
  let left = limit;
  let after: Pick<Found, 'score' | 'lower' | 'higher'> = { ...first, higher: first.lower };
  while (left > 0 && !signal.aborted) {
    const { score, lower, higher } = after;
    const rows = await db.query<Found>(page, [verdict, score, lower, higher, Math.min(most, left)]);
    for (const row of rows) out.write(`${JSON.stringify(row)}\n`);
    const last = rows.at(-1);
    left = last && rows.length === most ? left - rows.length : 0;
    after = last ?? after;
  }
  return signal.aborted ? interrupted : 0;
}
