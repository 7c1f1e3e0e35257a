import { Failure } from '../../runtime/failure.ts';
import { fieldCalled, fieldNamed, fieldNames, type Field } from './fields.ts';

/** Which column holds what. */
export interface Columns {
  /** The header as it is in the file. */
  readonly headers: readonly string[];
  /** Position of each field that the file has. */
  readonly positions: ReadonlyMap<Field, number>;
  /** Headers that are not used. */
  readonly unused: readonly string[];
}

/**
 * Recognises the columns of a header; a mapping goes first, and of two columns for one field the first one counts.
 * @throws Failure BAD_USER_INPUT where the mapping names what is not there, or accounts cannot be recognised
 */
export function columnsOf(header: readonly string[], mapping: ReadonlyMap<string, string | null>): Columns {
  const headers = header.map((cell) => cell.trim());
  for (const name of mapping.keys()) {
    if (!headers.includes(name)) {
      throw refused(
        `--mapping names the column "${name}", which the file does not have: it has ${listed(headers)}.`,
      );
    }
  }
  const told = headers.map((name) => mapping.get(name));
  const positions = new Map<Field, number>();
  for (const [at, name] of told.entries()) {
    if (name == null) continue;
    const field = fieldNamed(name);
    if (field === null) {
      throw refused(
        `--mapping names the field "${name}", which there is not; there are ${fieldNames.join(', ')}.`,
      );
    }
    if (positions.has(field)) throw refused(`--mapping gives ${field} to two columns; give it to one.`);
    positions.set(field, at);
  }
  for (const [at, name] of headers.entries()) {
    const field = told[at] === undefined ? fieldCalled(name) : null;
    if (field !== null && !positions.has(field)) positions.set(field, at);
  }
  if (!positions.has('AccountNumber')) {
    throw refused(
      `No column holds the number by which an account is recognised; the file has ${listed(headers)}. ` +
        'Name it: --mapping "Your header=AccountNumber".',
    );
  }
  const used = new Set(positions.values());
  return { headers, positions, unused: headers.filter((_, at) => !used.has(at)) };
}

const listed = (headers: readonly string[]): string => headers.map((name) => `"${name}"`).join(', ');
const refused = (sentence: string): Failure => new Failure('BAD_USER_INPUT', sentence);
