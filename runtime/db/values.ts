import { parseArray, printArray } from './array.ts';

type Parse = (text: string) => unknown;

const asIs: Parse = (text) => text;
/** `2026-01-31 09:30:00.123456+00` of a session in UTC; `infinity` and years before Christ stay as they are. */
const instant: Parse = (text) =>
  text.endsWith('+00') ? `${text.slice(0, 10)}T${text.slice(11, -3)}Z` : text;
const localTime: Parse = (text) => text.replace(/^(\d{4,}-\d\d-\d\d) /, '$1T');
const bytes: Parse = (text) => Buffer.from(text.slice(2), 'hex');
const json: Parse = (text) => JSON.parse(text);

/** By the type's oid, with the oid of its array; PostgreSQL's own oids never change. */
const scalars: readonly (readonly [oid: number, array: number, parse: Parse])[] = [
  [16, 1000, (text) => text === 't'],
  [17, 1001, bytes],
  [20, 1016, asIs],
  [21, 1005, Number],
  [23, 1007, Number],
  [25, 1009, asIs],
  [26, 1028, Number],
  [114, 199, json],
  [700, 1021, Number],
  [701, 1022, Number],
  [1042, 1014, asIs],
  [1043, 1015, asIs],
  [1082, 1182, asIs],
  [1114, 1115, localTime],
  [1184, 1185, instant],
  [1700, 1231, asIs],
  [2950, 2951, asIs],
  [3802, 3807, json],
];

const parsers = new Map<number, Parse>(
  scalars.flatMap(([oid, array, parse]) => [
    [oid, parse],
    [array, (text: string) => parseArray(text, parse)],
  ]),
);

/** Reads PostgreSQL's text form of a value of this type; see `Queryable.query` for the result. */
export const parserOf = (oid: number): Parse => parsers.get(oid) ?? asIs;

/** What a session must be set to, so that `parserOf` reads what is written. */
export const SESSION = "set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set bytea_output = 'hex'";

/** PostgreSQL's text form of a parameter, the same for every store; see `Queryable.query`. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return printArray(value, textOf);
  return JSON.stringify(value);
}
