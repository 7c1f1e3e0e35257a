import { basename, extname, resolve } from 'node:path';
import { Failure } from '../../runtime/failure.ts';
import { encodingNamed, encodingNames, type Encoding } from '../../runtime/file/text.ts';
import { headerIn, parsedArguments, wholeNumber } from '../../runtime/terminal/arguments.ts';
import { tokenHelp, tokenSource } from '../../runtime/terminal/token.ts';

/** What `npm run write` is asked for. */
export interface WriteOrder {
  readonly file: string;
  readonly format: 'csv' | 'ndjson';
  readonly encoding: Encoding;
  /** The word in a cell that clears; null where none does. */
  readonly nullWord: string | null;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The access token to show, asked for with every request. */
  readonly token: (() => string) | undefined;
  /** The first part of every idempotency key. */
  readonly name: string;
  /** Writes on their way to the server at a time. */
  readonly concurrency: number;
  /** Whether to wait until the accepted writes are over. */
  readonly wait: boolean;
  readonly resumeFile: string;
  readonly rejects: string | null;
}

export type WriteArguments = { readonly help: true } | ({ readonly help: false } & WriteOrder);

const formats: Readonly<Record<string, WriteOrder['format']>> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
};

export const writeHelp = `Changes many customers: one governed write for each line of a file, in the lane for bulk work.

  npm run write -- --file FILE.ndjson|FILE.csv [options]

  --url URL          a running server's GraphQL address; http://127.0.0.1:4000/graphql by default
  --token-file FILE  an access token, read for every request; ${tokenHelp}
  --header N=VALUE   a header for every request. May be repeated
  --concurrency N    writes on their way at a time, 1 to 64; 4 by default
  --no-wait          ends when every line is accepted or refused, without waiting for the owners
  --rejects FILE     writes refused lines there, with their reasons, to be mended and given again
  --name NAME        of the run; the file's own name by default. The same line under the same name is the same
                     write, however often it is sent; under another name it is a new one
  --resume-file FILE how far the run has come; FILE.resume beside the file by default
  --null WORD        the word in a CSV cell that clears the attribute; without it nothing is cleared
  --encoding E       ${encodingNames}; utf-8 by default
  --help             this text

A line of NDJSON names a customer, by its id or by a system's key, and the changes as updateCustomer takes them:

  {"customerId": "0190…", "changes": {"segment": "ENTERPRISE", "website": null}}
  {"system": "ERP", "key": "0999000001", "changes": {"paymentTerms": {"code": "N030"}}, "reason": "New terms"}

and, where wanted, "mode", "expect", "reason" and "idempotencyKey". A CSV file says the same in columns: customerId, or
system and key; attributes by name, with dots for what is in them; an empty cell leaves the value as it is:

  system,key,segment,billingAddress.lines.0,billingAddress.city,expect.ERP
  ERP,0999000001,ENTERPRISE,Obere Str. 57,Berlin,

The value of an attribute is replaced as a whole. Lines of one customer are sent in their order. Where the server takes
no more for now, the run waits and goes on. Ctrl-C stops it; the same command goes on where it was.

Exit code: 0 all lines are written, 2 some were refused or not carried out, 1 nothing could be done, 130 stopped.
`;

/**
 * Reads the command line.
 * @throws Failure BAD_USER_INPUT
 */
export function writeArguments(given: readonly string[]): WriteArguments {
  const { values } = parsedArguments({
    args: [...given],
    allowNegative: true,
    options: {
      file: { type: 'string' },
      url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
      header: { type: 'string', multiple: true, default: [] },
      'token-file': { type: 'string' },
      concurrency: { type: 'string', default: '4' },
      wait: { type: 'boolean', default: true },
      rejects: { type: 'string' },
      name: { type: 'string' },
      'resume-file': { type: 'string' },
      null: { type: 'string' },
      encoding: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return { help: true };
  const { file, rejects = null } = values;
  if (file === undefined || file === '') {
    throw refused('Say which file: npm run write -- --file changes.ndjson (--help shows more).');
  }
  const format = formats[extname(file).toLowerCase()];
  if (format === undefined)
    throw refused(`${file} must end in ${Object.keys(formats).join(', ')}, so that its form is known.`);
  const resumeFile = values['resume-file'] ?? `${file}.resume`;
  const places = [file, resumeFile, ...(rejects === null ? [] : [rejects])].map((place) => resolve(place));
  if (new Set(places).size < places.length)
    throw refused('--file, --rejects and --resume-file must name different files.');
  return {
    help: false,
    file,
    format,
    encoding: encodingNamed(values.encoding),
    nullWord: values.null ?? null,
    url: urlIn(values.url),
    headers: Object.fromEntries(values.header.map(headerOf)),
    token: tokenSource(values['token-file']),
    name: nameIn(values.name ?? basename(file)),
    concurrency: wholeNumber('--concurrency', values.concurrency, 1, 64),
    wait: values.wait,
    resumeFile,
    rejects,
  };
}

function urlIn(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw refused(`--url must be a web address such as http://127.0.0.1:4000/graphql; "${text}" is none.`);
}

function headerOf(text: string): readonly [string, string] {
  const header = headerIn(text);
  if (header === null) throw refused('--header must be NAME=VALUE, e.g. --header "authorization=Bearer …".');
  return header;
}

/** Short enough for an idempotency key, with the line and its hash behind it. */
function nameIn(name: string): string {
  if (name.trim() !== '' && name.length <= 200) return name;
  throw refused('The name of a run has 1 to 200 characters; give it by --name.');
}

const refused = (sentence: string): Failure => new Failure('BAD_USER_INPUT', sentence);
