import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Failure } from '../runtime/failure.ts';
import { headerIn, parsedArguments } from '../runtime/terminal/arguments.ts';
import { stopSignal } from '../runtime/terminal/stop.ts';
import { tokenHelp, tokenSource } from '../runtime/terminal/token.ts';
import { exitCodeOf } from '../runtime/terminal/terminal.ts';
import { changes, subscriptionOf, type ChangesError, type ChangesOptions } from './changes.ts';

const help = `npm run -s changes -- [options]: changes of customers, one JSON text a line, until Ctrl-C.

  --url URL           the graph (http://127.0.0.1:4000/graphql)
  --transport NAME    websocket (what is used without it) or sse
  --after CURSOR      go on behind the change with this cursor; without it changes come from now on
  --snapshot          begin with every customer as it is
  --keep FILE         keep the cursor of the last printed change in a file, and go on from there the next time
  --filter JSON       such as '{"systems": ["ERP"], "attributes": ["creditStatus"]}'
  --first N           end after so many changes
  --fields SELECTION  what is told of a change, such as 'kind customer { name creditStatus balance { amount } }'
  --token-file FILE   an access token, read before each connection; ${tokenHelp}
  --header NAME=TEXT  may be given several times
  --help              this text

It goes on by itself after any loss of the connection, and says so on the error output.
`;
const parts = {
  url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
  transport: { type: 'string', default: 'websocket' },
  after: { type: 'string' },
  snapshot: { type: 'boolean', default: false },
  keep: { type: 'string' },
  filter: { type: 'string' },
  first: { type: 'string' },
  fields: { type: 'string' },
  header: { type: 'string', multiple: true },
  'token-file': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const refuse = (message: string): never => {
  throw new Failure('BAD_USER_INPUT', message);
};

function asked(argv: readonly string[]): {
  help: boolean;
  keep: string | undefined;
  first: number;
  options: ChangesOptions;
} {
  const { values } = parsedArguments({ args: [...argv], options: parts, strict: true });
  const { url, transport, snapshot, keep, filter, fields, header, help: wanted } = values;
  if (transport !== 'websocket' && transport !== 'sse')
    return refuse('--transport must be websocket or sse.');
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return refuse('--url must be an http or https URL.');
  const kept = keep !== undefined && existsSync(keep) ? readFileSync(keep, 'utf8').trim() : undefined;
  const after = values.after ?? kept;
  const first = values.first === undefined ? Infinity : Number(values.first);
  if (!(first >= 1) || (first !== Infinity && !Number.isInteger(first)))
    return refuse('--first must be a whole number from 1.');
  if (values.after !== undefined && snapshot)
    return refuse(
      'Give --after or --snapshot: whoever has a cursor goes on from there, and needs no snapshot.',
    );
  const headers = (header ?? []).map(
    (text) => headerIn(text) ?? refuse(`--header must be NAME=TEXT, not "${text}".`),
  );
  const token = tokenSource(values['token-file']);
  const options: ChangesOptions = {
    ...{ url, transport, headers: Object.fromEntries(headers), snapshot: snapshot && after === undefined },
    ...(token ? { token } : {}),
    ...(after === undefined ? {} : { after }),
    ...(filter === undefined ? {} : { variables: { filter: filterIn(filter) } }),
    ...(fields === undefined ? {} : { query: subscriptionOf(fields), continuous: filter === undefined }),
  };
  return { help: wanted, keep, first, options };
}

function filterIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('--filter must be JSON.');
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const { help: wanted, keep, first, options } = asked(argv);
  if (wanted) {
    process.stdout.write(help);
    return 0;
  }
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  // Whoever reads may have enough.
  process.stdout.once('error', () => process.exit(0));
  const told = changes({
    ...options,
    signal: stopSignal(process.stderr),
    onInterruption: ({ message, wait }) => {
      tell(`${message} Another try in ${Math.ceil(wait / 1000)} s.`);
    },
    onGap: ({ after, next }) => {
      tell(`Nothing is told to you of what came between the positions ${after} and ${next}.`);
    },
  });
  let left = first;
  try {
    for await (const change of told) {
      if (!process.stdout.write(`${JSON.stringify(change)}\n`)) await once(process.stdout, 'drain');
      if (keep !== undefined) {
        writeFileSync(`${keep}.next`, change.cursor);
        renameSync(`${keep}.next`, keep);
      }
      if (--left <= 0) break;
    }
  } catch (error) {
    const { name, code, message } = error as ChangesError;
    if (name !== 'ChangesError') throw error;
    tell(`${code}: ${message}`);
    return 1;
  }
  return 0;
}

process.exitCode = await exitCodeOf(() => run(process.argv.slice(2)), process.stderr);
