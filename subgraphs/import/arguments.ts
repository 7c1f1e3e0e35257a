import { Failure } from '../../runtime/failure.ts';
import { encodingNamed, encodingNames, type Encoding } from '../../runtime/file/text.ts';
import { parsedArguments } from '../../runtime/terminal/arguments.ts';
import { fieldNames } from './fields.ts';

/** What `npm run import` is asked for. */
export interface ImportOrder {
  readonly file: string;
  /** Headers and the fields that they shall be; null for a column that shall not be used. */
  readonly mapping: ReadonlyMap<string, string | null>;
  readonly rejects: string | null;
  readonly dryRun: boolean;
  readonly encoding: Encoding;
}

export type ImportArguments = { readonly help: true } | ({ readonly help: false } & ImportOrder);

/** Systems that an export can be imported into. */
const importable = ['crm'];

export const importHelp = `Imports a CSV export of your own into a system: accounts, each with a person if there is one.

  npm run import -- crm FILE.csv [--mapping "Header=Field,…"] [--rejects FILE] [--dry-run]

  --mapping      for headers that are not recognised; "Header=" leaves a column out. May be repeated.
                 Fields: ${fieldNames.slice(0, 11).join(', ')},
                 ${fieldNames.slice(11).join(', ')}
  --rejects FILE writes the rows that were refused there, each with its line and the reason
  --dry-run      reports what an import would do, and changes nothing
  --encoding E   ${encodingNames}; utf-8 by default
  --help         this text

An account is recognised by its number (AccountNumber), which every row needs. A row whose account is there
already changes what is different; an empty cell leaves the value as it is. So running again changes nothing.
Several rows with one number add several people to one account. A person is recognised by e-mail address or
name. A new account is a prospect unless the column Type says otherwise.

The separator (comma, semicolon, tab or bar) is found out. Rows that are refused are reported with their line
and the reason; the others are kept, and can be found in the graph at once.
Exit code: 0 all rows are good, 2 some were refused, 1 nothing could be done.
Stop a server that has the embedded store open first.
`;

/**
 * Reads the command line.
 * @throws Failure BAD_USER_INPUT
 */
export function importArguments(given: readonly string[]): ImportArguments {
  const { values, positionals } = parsedArguments({
    args: [...given],
    allowPositionals: true,
    options: {
      mapping: { type: 'string', multiple: true },
      rejects: { type: 'string' },
      encoding: { type: 'string' },
      'dry-run': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return { help: true };
  const [system, file, ...more] = positionals;
  if (system === undefined || file === undefined || more.length > 0) {
    throw refused('Say the system and one file: npm run import -- crm FILE.csv (--help shows more).');
  }
  if (!importable.includes(system)) {
    throw refused(`There is no import into "${system}"; possible is: ${importable.join(', ')}.`);
  }
  return {
    help: false,
    file,
    mapping: mappingIn(values.mapping ?? []),
    rejects: values.rejects ?? null,
    dryRun: values['dry-run'] ?? false,
    encoding: encodingNamed(values.encoding),
  };
}

function mappingIn(texts: readonly string[]): ReadonlyMap<string, string | null> {
  const pairs = texts.flatMap((text) => text.split(',')).filter((pair) => pair.trim() !== '');
  return new Map(
    pairs.map((pair) => {
      const at = pair.lastIndexOf('=');
      if (at < 1) throw refused(`--mapping takes Header=Field, with commas between them; "${pair}" is none.`);
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim() || null];
    }),
  );
}

const refused = (sentence: string): Failure => new Failure('BAD_USER_INPUT', sentence);
