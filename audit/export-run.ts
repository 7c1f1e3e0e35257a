import { once } from 'node:events';
import { Writable } from 'node:stream';
import { Failure } from '../runtime/failure.ts';
import { parsedArguments } from '../runtime/terminal/arguments.ts';
import { interrupted } from '../runtime/terminal/terminal.ts';
import { headOf, sealedIn } from './chain.ts';
import { following } from './log.ts';
import { overAudit, type AuditTerminal } from './terminal.ts';

/** Entries that are read at a time. */
const batch = 2_000;

/** `export`, as a function: all entries of a time as lines of JSON. @returns the exit code */
export async function exportEntries(
  given: readonly string[],
  { out, signal, config }: AuditTerminal,
): Promise<number> {
  const { values } = parsedArguments({
    args: [...given],
    options: { from: { type: 'string' }, to: { type: 'string' } },
  });
  const [from, to] = [instant('--from', values.from), instant('--to', values.to)];
  return overAudit(config(), async (db) => {
    const until = BigInt((await headOf(db)).position);
    for (let at = 0n; at < until && !signal.aborted;) {
      const rows = await following(db, at, until, batch);
      const last = rows.at(-1);
      if (!last)
        throw new Failure('NOT_FOUND', `Entry ${at + 1n} is missing; see "npm run audit -- verify".`);
      at = BigInt(last.position);
      const lines = rows
        .filter(({ at: when }) => isWithin(Date.parse(when), from, to))
        .map((row) => `${JSON.stringify({ ...sealedIn(row), hash: row.hash })}\n`);
      // What nobody takes is not gathered here.
      if (out.write(lines.join('')) === false && out instanceof Writable) await once(out, 'drain');
    }
    return signal.aborted ? interrupted : 0;
  });
}

const isWithin = (at: number, from: number | null, to: number | null): boolean =>
  (from === null || at >= from) && (to === null || at < to);

function instant(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new Failure('BAD_USER_INPUT', `${name} must be a time in ISO 8601, such as 2026-03-01T09:30:00Z.`);
}
