import {
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { Failure } from '../../../runtime/failure.ts';

/** An object of the world. Its id says which it is, whatever subgraph or field leads to it. */
export interface Thing {
  readonly __typename: string;
  readonly id: string;
  /** The representation by which a gateway asked for it. */
  readonly reference?: Readonly<Record<string, unknown>>;
}

export interface WorldOptions {
  readonly seed: number;
  /** Of 100 fields, how many fail and how many are null. */
  readonly failing: number;
  readonly empty: number;
  /** Everything at once: no promises. */
  readonly calm?: boolean;
}

/** Fields by which entities are found: they never fail, because a single schema does not need them. */
const keys: Readonly<Record<string, (id: string) => unknown>> = {
  id: (id) => id,
  sku: (id) => `sku-${id}`,
  code: (id) => id,
};

const entities: Readonly<Record<string, readonly string[]>> = {
  Product: ['p0', 'p1', 'p2', 'p3'],
  Book: ['i0', 'i2'],
  Film: ['i1', 'i3'],
  Maker: ['m0', 'm1', 'm2'],
  Warehouse: ['w0', 'w1'],
  User: ['u0', 'u1', 'u2'],
  Review: ['r0', 'r1', 'r2', 'r3'],
  Region: ['g0', 'g1'],
  Brand: ['b0', 'b1'],
};

/** What a field computes from others of its object that its subgraph does not own. */
export const computed: Readonly<Record<string, readonly string[]>> = {
  shipping: ['price', 'dimensions.size', 'dimensions.depth'],
  insured: ['weight'],
};

/** Every value of the world follows from a seed: who asks, and through which subgraph, makes no difference. */
export interface World {
  /** Throws, or returns a promise or lists of promises, as real resolvers do. */
  value(schema: GraphQLSchema, thing: Thing, field: string, type: GraphQLOutputType, args: object): unknown;
  find(typename: string, id: string): Thing;
}

export function createWorld(options: WorldOptions): World {
  const chance = (...parts: unknown[]): number => hash(`${options.seed}:${parts.join(':')}`) % 100;

  function fault(id: string, field: string | number): 'fails' | 'empty' | undefined {
    if (typeof field === 'string' && (field in keys || field === 'brand')) return undefined;
    const drawn = chance('fault', id, field);
    if (drawn < options.failing) return 'fails';
    return drawn < options.failing + options.empty ? 'empty' : undefined;
  }

  function make(schema: GraphQLSchema, type: GraphQLOutputType, at: string, found: number): unknown {
    if (isNonNullType(type)) return make(schema, type.ofType, at, found);
    if (isListType(type)) {
      return Array.from({ length: found % 4 }, (_none, index) => {
        const id = `${at}[${index}]`;
        const broken = fault(id, index);
        if (broken === 'empty') return null;
        const made = broken === 'fails' ? failure(id) : make(schema, type.ofType, id, hash(id));
        if (options.calm || chance('later', id) >= 20) return made;
        return made instanceof Error ? rejected(made) : Promise.resolve(made);
      });
    }
    if (isEnumType(type)) return type.getValues().filter(({ name }) => name !== 'SPARE')[found % 2]?.name;
    if (type.name === 'Item') return item(`i${found % 4}`);
    if (isObjectType(type)) return thing(type.name, at, found);
    if (isAbstractType(type)) {
      const names = possible(schema, type.name);
      return thing(names[found % names.length] ?? '', at, hash(`${at}!`));
    }
    return scalar(type.name, at, found);
  }

  function thing(typename: string, at: string, found: number): Thing {
    const ids = entities[typename];
    return find(typename, ids?.[found % ids.length] ?? at);
  }

  function find(typename: string, id: string): Thing {
    return { __typename: typename, id };
  }

  function value(
    schema: GraphQLSchema,
    source: Thing,
    field: string,
    type: GraphQLOutputType,
    args: object,
  ): unknown {
    const { id } = source;
    const key = keys[field];
    if (key && !(field === 'code' && !/^[bg]\d$/.test(id))) return key(id);
    if (field === 'brand') return find('Brand', id.endsWith('1') ? 'b1' : 'b0');
    const at = `${id}.${field}(${JSON.stringify(args, sorted)})`;
    // What it is computed from comes first: without that, nobody even asks the subgraph that computes it.
    const result = field in computed ? compute(source, field, at) : undefined;
    const broken = fault(id, field);
    if (broken === 'fails') return fail(at, !options.calm && chance('later', at) < 50);
    if (broken === 'empty') return null;
    const made = result ?? make(schema, type, at, hash(at));
    return !options.calm && chance('soon', at) < 30 ? Promise.resolve(made) : made;
  }

  /** From the representation where a gateway brought one, otherwise from the world itself. */
  function compute(source: Thing, field: string, at: string): unknown {
    const inputs = (computed[field] ?? []).map((path) => {
      const names = path.split('.');
      if (source.reference) return names.reduce<unknown>((from, name) => read(from, name), source.reference);
      return input(source.id, names);
    });
    return `${at}<${JSON.stringify(inputs)}>`;
  }

  /** A field that another one is computed from: where it fails, so does the other. */
  function input(id: string, names: readonly string[]): unknown {
    const [name = '', ...rest] = names;
    const at = `${id}.${name}({})`;
    const broken = fault(id, name);
    // A null where there must be a value is an error as well.
    if (broken === 'fails' || (broken === 'empty' && name === 'depth')) throw failure(at);
    if (broken === 'empty') return null;
    if (rest.length > 0) return input(at, rest);
    return scalar(name === 'depth' || name === 'weight' ? 'Float' : 'Int', at, hash(at));
  }

  return { value, find };
}

/** One that the interface object's subgraph knows by its interface only: its id says which type it is. */
export function item(id: string): Thing {
  return { __typename: Number(id.slice(1)) % 2 === 0 ? 'Book' : 'Film', id };
}

function possible(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  return isAbstractType(type)
    ? schema
        .getPossibleTypes(type)
        .map((one) => one.name)
        .sort()
    : [];
}

function scalar(type: string, at: string, found: number): unknown {
  if (type === 'Int') return found % 1000;
  if (type === 'Float') return (found % 1000) / 4;
  if (type === 'Boolean') return found % 2 === 0;
  if (type === 'JSON') return { found: found % 7, list: [at, null, { deep: true }] };
  return found % 5 === 0 ? `"${at}"\n\u2028\ud83d\ude00` : at;
}

function read(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : null;
}

function fail(at: string, later: boolean): unknown {
  if (later) return rejected(failure(at));
  throw failure(at);
}

/** A rejection that nobody may come to wait for, because something beside it failed first. */
function rejected(reason: Error): Promise<never> {
  const promise = Promise.reject(reason);
  promise.catch(() => undefined);
  return promise;
}

function failure(at: string): Failure {
  return new Failure('SYSTEM_UNAVAILABLE', `No value at ${at}.`);
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** FNV-1a with a final mix: small, and the same everywhere. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  value ^= value >>> 12;
  return value >>> 0;
}
