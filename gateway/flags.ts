import { parseArgs } from 'node:util';
import { Failure } from '../runtime/failure.ts';
import { headerIn } from '../runtime/terminal/arguments.ts';

export const help = `Usage: npm run gateway -- --supergraph FILE [options]

Serves a Federation 2 supergraph whose subgraphs answer over HTTP at the URLs that the supergraph names.

Options:
  --supergraph FILE   what composition wrote
  --port N            port to listen on, 4000 by default; 0 takes any free one
  --host HOST         address to listen on, 127.0.0.1 by default; on any other everyone who reaches it may ask
  --header NAME=VALUE a header for every request to a subgraph; may be repeated
  --timeout MS        longest time for one request in milliseconds, 2000 by default; what has not arrived by then is
                      null with a coded error
  --help              show this

SIGTERM and SIGINT end it: requests in flight are answered first. Exit status: 0, or 1 when it cannot start.
`;

/** What somebody wrote on the command line. */
export interface Flags {
  readonly supergraph: string;
  readonly host: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Reads the flags; undefined where help is asked for.
 * @throws Failure INVALID_CONFIGURATION
 */
export function readFlags(words: readonly string[]): Flags | undefined {
  const flags = parsed(words);
  if (flags.help) return undefined;
  if (flags.supergraph === undefined || flags.supergraph === '') {
    throw refusal('Say which supergraph to serve: --supergraph FILE.');
  }
  return {
    supergraph: flags.supergraph,
    host: flags.host,
    port: whole('--port', flags.port, 0, 65535),
    timeout: whole('--timeout', flags.timeout, 50, 600_000),
    headers: Object.fromEntries(flags.header.map(headerOf)),
  };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        supergraph: { type: 'string' },
        port: { type: 'string', default: '4000' },
        host: { type: 'string', default: '127.0.0.1' },
        header: { type: 'string', multiple: true, default: [] },
        timeout: { type: 'string', default: '2000' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const [sentence = ''] = String(error)
      .replace(/^TypeError \[\w+\]: /, '')
      .split('. ');
    throw refusal(`${sentence.replace(/\.$/, '')}; see npm run gateway -- --help.`);
  }
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw refusal(`${flag} must be a whole number from ${min} to ${max}.`);
}

function headerOf(text: string): readonly [string, string] {
  const header = headerIn(text);
  if (header === null) throw refusal('--header must be NAME=VALUE, e.g. --header "authorization=Bearer …".');
  return header;
}

function refusal(message: string): Failure {
  return new Failure('INVALID_CONFIGURATION', message);
}
