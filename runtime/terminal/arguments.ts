import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Failure } from '../failure.ts';

/**
 * Reads a command line as `parseArgs` does.
 * @throws Failure BAD_USER_INPUT with one sentence
 */
export function parsedArguments<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const { message } = error as { readonly message: string };
    const reason = (message.split(/\. |\n/)[0] ?? '').replace(/\.$/, '');
    throw new Failure('BAD_USER_INPUT', `${reason}; --help shows what there is.`);
  }
}

/**
 * The whole number in an argument, which may have `_` between its digits.
 * @throws Failure BAD_USER_INPUT where it is none, or out of range
 */
export function wholeNumber(name: string, text: string, from: number, to: number): number {
  const number = /^\d{1,9}$/.test(text.replaceAll('_', '')) ? Number(text.replaceAll('_', '')) : NaN;
  if (number >= from && number <= to) return number;
  throw new Failure('BAD_USER_INPUT', `${name} must be a whole number from ${from} to ${to}.`);
}

/** The header in an argument `NAME=VALUE`, its name in lower case; null where it is none. */
export function headerIn(text: string): readonly [name: string, value: string] | null {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
  return at > 0 && /^[!#$%&'*+.^`|~\w-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value)
    ? [name, value]
    : null;
}
