import { readFile } from 'node:fs/promises';
import { Failure } from '../runtime/failure.ts';
import { publicKeysIn, type PublicKeys } from '../runtime/seal.ts';
import { parsedArguments, wholeNumber } from '../runtime/terminal/arguments.ts';
import { duration, progressLine } from '../runtime/terminal/progress.ts';
import { interrupted } from '../runtime/terminal/terminal.ts';
import { judge } from './judge.ts';
import { ownKey } from './key.ts';
import { reportOf } from './report.ts';
import { overAudit, type AuditTerminal } from './terminal.ts';

interface Asked {
  readonly checkpoints: string | undefined;
  readonly publicKeys: readonly string[];
  /** Milliseconds. */
  readonly patience: number;
  readonly age: number | null;
  readonly unsigned: boolean;
}

/** `verify`, as a function. @returns the exit code */
export async function verify(given: readonly string[], terminal: AuditTerminal): Promise<number> {
  const { out, err, signal } = terminal;
  const config = terminal.config();
  const asked = argumentsIn(given);
  const file = asked.unsigned ? undefined : (asked.checkpoints ?? config.auditCheckpointsFile);
  const keys = asked.unsigned ? null : await keysOf(asked, config);
  return overAudit(config, async (db) => {
    let line: ReturnType<typeof progressLine> | undefined;
    const begun = performance.now();
    const verdict = await judge(db, {
      ...{ keys, file, patience: asked.patience, age: asked.age, signal },
      observe(done, total) {
        line ??= progressLine(err, { total, noun: 'entries' });
        line.show(done, 0);
      },
    });
    line?.end();
    const { text, whole } = reportOf(verdict, asked.patience / 1000);
    out.write(`${text}\nChecked in ${duration((performance.now() - begun) / 1000)}.\n`);
    if (signal.aborted) out.write('Stopped before the end: what comes after was not checked.\n');
    return whole ? (signal.aborted ? interrupted : 0) : 1;
  });
}

function argumentsIn(given: readonly string[]): Asked {
  const { values } = parsedArguments({
    args: [...given],
    options: {
      checkpoints: { type: 'string' },
      'public-key': { type: 'string', multiple: true, default: [] },
      patience: { type: 'string', default: '300' },
      age: { type: 'string' },
      unsigned: { type: 'boolean', default: false },
    },
  });
  const { checkpoints, 'public-key': publicKeys, patience, age, unsigned } = values;
  return {
    ...{ checkpoints, publicKeys, unsigned },
    patience: wholeNumber('--patience', patience, 0, 999_999_999) * 1000,
    age: age === undefined ? null : wholeNumber('--age', age, 1, 999_999_999) * 60_000,
  };
}

async function keysOf(
  { publicKeys }: Asked,
  config: ReturnType<AuditTerminal['config']>,
): Promise<PublicKeys> {
  const own = config.auditKey ?? (config.databaseUrl === undefined ? await ownKey(config) : undefined);
  const files = await Promise.all(
    publicKeys.map((path) =>
      readFile(path, 'utf8').catch(() => {
        throw new Failure('NOT_FOUND', `The file ${path} cannot be read.`);
      }),
    ),
  );
  const texts = own === undefined ? files : [own, ...files];
  if (texts.length === 0)
    throw new Failure(
      'BAD_USER_INPUT',
      'Name who may have signed the audit: give --public-key, or AUDIT_KEY; or --unsigned, where nobody does.',
    );
  return new Map(texts.flatMap((text) => [...publicKeysIn(text)]));
}
