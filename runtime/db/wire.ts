import { parserOf } from './values.ts';

/** A column of an answer: its name and how its text is read. */
export interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** What PostgreSQL answered to a batch of protocol messages. */
export interface Answer {
  readonly rows: Record<string, unknown>[];
  /** Present when the batch asked for a description. */
  columns: readonly Column[] | undefined;
  /** Command tag of the last statement, e.g. `SELECT 2`. */
  command: string;
  error: Error | undefined;
  readonly notifications: { readonly channel: string; readonly payload: string }[];
}

const errorFields: Readonly<Record<string, string>> = {
  C: 'code',
  D: 'detail',
  H: 'hint',
  P: 'position',
  s: 'schema',
  t: 'table',
  c: 'column',
  n: 'constraint',
};

/**
 * Reads the backend's messages (https://www.postgresql.org/docs/current/protocol-message-formats.html). A reader of our
 * own, because turning rows into values directly is twice as fast as the general one. `columns` are those of an earlier
 * description of the same prepared statement.
 */
export function readAnswer(bytes: Buffer, columns?: readonly Column[]): Answer {
  const answer: Answer = { rows: [], columns, command: '', error: undefined, notifications: [] };
  for (let at = 0; at < bytes.length;) {
    const body = at + 5;
    const end = at + 1 + bytes.readInt32BE(at + 1);
    switch (bytes.readUInt8(at)) {
      case 0x44: // DataRow
        answer.rows.push(row(bytes, body, answer.columns ?? []));
        break;
      case 0x54: // RowDescription
        answer.columns = description(bytes, body);
        break;
      case 0x6e: // NoData
        answer.columns = [];
        break;
      case 0x43: // CommandComplete
        answer.command = bytes.toString('utf8', body, end - 1);
        break;
      case 0x45: // ErrorResponse
        answer.error ??= failure(bytes, body);
        break;
      case 0x41: {
        // NotificationResponse: process id, channel, payload
        const [channel, next] = cstring(bytes, body + 4);
        answer.notifications.push({ channel, payload: cstring(bytes, next)[0] });
        break;
      }
    }
    at = end;
  }
  return answer;
}

function cstring(bytes: Buffer, from: number): [text: string, next: number] {
  const end = bytes.indexOf(0, from);
  return [bytes.toString('utf8', from, end), end + 1];
}

function row(bytes: Buffer, from: number, columns: readonly Column[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let at = from + 2;
  for (const { name, parse } of columns) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0) result[name] = null;
    else {
      result[name] = parse(bytes.toString('utf8', at, at + length));
      at += length;
    }
  }
  return result;
}

function description(bytes: Buffer, from: number): Column[] {
  const columns: Column[] = [];
  let at = from + 2;
  for (let left = bytes.readInt16BE(from); left > 0; left--) {
    const [name, next] = cstring(bytes, at);
    // table oid, column number, type oid, type size, modifier, format
    columns.push({ name, parse: parserOf(bytes.readInt32BE(next + 6)) });
    at = next + 18;
  }
  return columns;
}

function failure(bytes: Buffer, from: number): Error {
  const fields: Record<string, string> = {};
  let message = '';
  for (let at = from; bytes[at] !== 0;) {
    const field = String.fromCharCode(bytes.readUInt8(at));
    const [text, next] = cstring(bytes, at + 1);
    if (field === 'M') message = text;
    const name = errorFields[field];
    if (name !== undefined) fields[name] = text;
    at = next;
  }
  return Object.assign(new Error(message), fields);
}
