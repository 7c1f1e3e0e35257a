import { readFileSync } from 'node:fs';
import { tokenVariable } from '../config.ts';
import { Failure } from '../failure.ts';

/** What the help of a command says of tokens. */
export const tokenHelp = 'or the variable GRAPH_TOKEN; without both none is sent';

/**
 * The access token that a command shows: what is in a file, read anew each time, because whoever renews tokens puts the next
 * one there, or what the variable GRAPH_TOKEN says; undefined where neither is given.
 * @throws Failure BAD_USER_INPUT where the file cannot be read, or is not of one token
 */
export function tokenSource(file: string | undefined): (() => string) | undefined {
  const given = tokenVariable();
  if (file !== undefined) return () => checked(read(file), `--token-file ${file}`);
  return given === undefined || given === '' ? undefined : () => checked(given, 'GRAPH_TOKEN');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new Failure('BAD_USER_INPUT', `--token-file ${file} cannot be read.`);
  }
}

function checked(text: string, where: string): string {
  if (/^[\w.~+/-]+=*$/.test(text)) return text;
  throw new Failure('BAD_USER_INPUT', `${where} must be an access token and nothing else.`);
}
