import { getNullableType, isInputObjectType, isLeafType, isListType, type GraphQLInputType } from 'graphql';
import { Failure } from '../../runtime/failure.ts';
import { changesType, nearest, systemType } from './contract.ts';

export type Path = readonly (string | number)[];

/** What is in a column. */
export interface Column {
  /** Where its value belongs: `['changes', 'billingAddress', 'lines', 0]`, `['expect', 'ERP']`, `['key']`. */
  readonly path: Path;
  /** How a cell is read: as it stands, as a number or truth value, or as JSON. */
  readonly reads: 'text' | 'literal' | 'json';
}

const plain = ['customerId', 'system', 'key', 'mode', 'reason', 'idempotencyKey'];
const systems = systemType.getValues().map(({ name }) => name);
const literals = new Set(['Int', 'Float', 'Boolean']);

/**
 * What the columns of a header hold, each at its place.
 * @throws Failure BAD_USER_INPUT for all unknown columns at once, with the nearest names, and where no customer is named
 */
export function columnsOf(header: readonly string[]): readonly Column[] {
  const found = header.map(columnOf);
  const unknown = header
    .filter((_, at) => found[at] === null)
    .map((name) => `"${name}".${nearest(name, near(name))}`);
  if (unknown.length > 0) throw refused(`There is no such column: ${unknown.join(' ')} (--help shows more)`);
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice !== undefined) throw refused(`The column "${twice}" is there twice; leave one out.`);
  if (!header.includes('customerId') && !(header.includes('system') && header.includes('key')))
    throw refused('No column names the customer: it takes customerId, or system and key.');
  if (!found.some((column) => column?.path[0] === 'changes'))
    throw refused('No column is an attribute: nothing would be changed.');
  return found.filter((column) => column !== null);
}

function columnOf(name: string): Column | null {
  if (plain.includes(name)) return { path: [name], reads: 'text' };
  const segments = name.split('.');
  const [first, system = '', ...more] = segments;
  if (first === 'expect')
    return systems.includes(system) && more.length === 0 ? { path: ['expect', system], reads: 'text' } : null;
  const found = typeAt(segments);
  if (found === null) return null;
  const { type } = found;
  const reads = !isLeafType(type) ? 'json' : literals.has(type.name) ? 'literal' : 'text';
  return { path: ['changes', ...found.path], reads };
}

/** The type at a place within the changes; null where there is none. */
function typeAt(
  segments: readonly string[],
): { readonly path: Path; readonly type: GraphQLInputType } | null {
  const path: (string | number)[] = [];
  let type: GraphQLInputType = changesType;
  for (const segment of segments) {
    if (isListType(type) && /^\d{1,2}$/.test(segment)) {
      type = getNullableType(type.ofType);
      path.push(Number(segment));
      continue;
    }
    const field = isInputObjectType(type) ? type.getFields()[segment] : undefined;
    if (field === undefined) return null;
    type = getNullableType(field.type);
    path.push(segment);
  }
  return { path, type };
}

/** Names that a column could have had instead: beside it, where what is before its last dot is known. */
function near(name: string): readonly string[] {
  const before = name.split('.').slice(0, -1);
  const type = typeAt(before)?.type;
  const members = isInputObjectType(type) ? Object.keys(type.getFields()) : isListType(type) ? ['0'] : [];
  const beside = members.map((member) => [...before, member].join('.'));
  return before.length > 0 ? beside : [...plain, ...beside];
}

const refused = (sentence: string): Failure => new Failure('BAD_USER_INPUT', sentence);
