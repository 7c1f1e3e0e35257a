import type { Db } from '../runtime/db/index.ts';
import { Failure } from '../runtime/failure.ts';
import { parsedArguments, wholeNumber } from '../runtime/terminal/arguments.ts';
import { duration, progressLine } from '../runtime/terminal/progress.ts';
import { existingStore, type StoreConfig } from '../runtime/terminal/store.ts';
import { exitCodeOf, interrupted, type Terminal } from '../runtime/terminal/terminal.ts';
import { endsOf, verifyLog, type Findings } from './verify.ts';

/** Where the verification is run. */
export interface VerifyTerminal extends Terminal {
  readonly config: () => StoreConfig;
}

const help = `npm run feed:verify -- [--from POSITION] [--waiting SECONDS]: proves that the change feed is whole.

Reads all changes that are kept, in order, and checks that none is missing and that each is as it was told.

--from POSITION     begins there instead of at the oldest change
--waiting SECONDS   how long what was captured may wait for its position; 60 where absent

The store is that of the settings (DATABASE_URL, or DATA_DIR for the embedded one, while no server has it open). On a server
everything may go on meanwhile. Exit code 0: whole; 1: not whole, or not to be read; 130: stopped before the end.
`;

/**
 * `npm run feed:verify`, as a function.
 * @returns the exit code: 0 whole, 1 a fault was found or nothing could be read, 130 stopped
 */
export function runVerify(given: readonly string[], terminal: VerifyTerminal): Promise<number> {
  return exitCodeOf(() => verify(given, terminal), terminal.err);
}

async function verify(
  given: readonly string[],
  { out, err, signal, config }: VerifyTerminal,
): Promise<number> {
  const asked = argumentsIn(given);
  if (asked === null) {
    out.write(help);
    return 0;
  }
  const db = await existingStore(config());
  try {
    await checkBeginning(db, asked.from);
    let line: ReturnType<typeof progressLine> | undefined;
    const begun = performance.now();
    const findings = await verifyLog(db, {
      ...{ from: asked.from, signal },
      observe(done, total) {
        line ??= progressLine(err, { total, noun: 'changes' });
        line.show(done, 0);
      },
    });
    line?.end();
    const { text, whole } = reportOf(findings, asked.waiting);
    out.write(`${text}\nChecked in ${duration((performance.now() - begun) / 1000)}.\n`);
    if (signal.aborted) out.write('Stopped before the end: what comes after was not checked.\n');
    return whole ? (signal.aborted ? interrupted : 0) : 1;
  } finally {
    await db.close();
  }
}

/** Null where help is asked for. */
function argumentsIn(given: readonly string[]) {
  const { values } = parsedArguments({
    args: [...given],
    options: { from: { type: 'string' }, waiting: { type: 'string' }, help: { type: 'boolean' } },
  });
  const { from, waiting = '60' } = values;
  if (values.help === true) return null;
  if (from !== undefined && !/^\d{1,18}$/.test(from))
    throw new Failure('BAD_USER_INPUT', '--from must be a position, a whole number from 1 on.');
  return {
    from: from === undefined ? undefined : BigInt(from),
    waiting: wholeNumber('--waiting', waiting, 0, 999_999_999),
  };
}

async function checkBeginning(db: Db, from: bigint | undefined): Promise<void> {
  const [found] = await db.query<{ exists: boolean }>(
    `select to_regclass('events_head') is not null as exists`,
  );
  if (found?.exists !== true)
    throw new Failure('NOT_FOUND', 'There is no change feed in this store yet; start the server once.');
  if (from === undefined) return;
  const { floor, position } = await endsOf(db);
  const [oldest, last] = [BigInt(floor) + 1n, BigInt(position)];
  if (from < oldest || from > last + 1n)
    throw new Failure(
      'BAD_USER_INPUT',
      last < oldest
        ? `There are no changes to begin with at ${from}: none is kept.`
        : `--from must be from ${oldest} to ${last}: these are the changes that are kept.`,
    );
}

const count = (number: number): string => number.toLocaleString('en');

/** What was found, in sentences, and whether all is well. */
export function reportOf(findings: Findings, patience: number): { text: string; whole: boolean } {
  const { changes, bySystem, byKind, first, last, waiting, fault } = findings;
  const late = waiting.oldest !== null && waiting.oldest > patience;
  const each = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, number]) => `${name} ${count(number)}`)
      .join(', ');
  const lines = [
    ...(fault ? [fault.sentence] : []),
    `${count(changes)} changes ${fault ? 'before that are' : 'checked:'} in order, none missing, each as it was told.`,
    ...(first && last
      ? [
          `First: ${first.position} of ${first.at}. Last: ${last.position} of ${last.at}.`,
          `By system: ${each(bySystem)}. By kind: ${each(byKind)}.`,
        ]
      : []),
    waiting.oldest === null
      ? 'Nothing that was captured waits for its position.'
      : `Captured, and waiting for a position: ${count(waiting.waiting)}, the oldest for ${duration(waiting.oldest)}.` +
        (late ? ' That is too long: see whether a server with the role events runs.' : ''),
    ...(waiting.refused > 0
      ? [
          `Captured, and set aside because it cannot be told: ${count(waiting.refused)}. ${waiting.reason ?? ''}`,
        ]
      : []),
  ];
  return { text: lines.join('\n'), whole: fault === null && !late && waiting.refused === 0 };
}
