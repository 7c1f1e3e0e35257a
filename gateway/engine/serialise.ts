import {
  getNullableType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { evaluate, read } from './codegen.ts';
import { collectFields, typeGroups, type Collected } from './collect.ts';
import { ordinary, quote } from './leaves.ts';
import type { Pseudonym } from '../../schema/masking.ts';
import { masked } from './masked.ts';
import { absent, oddLeaf, oddList, oddType, refused, type Place } from './odd.ts';
import type { Run } from './run.ts';
import type { Item } from './items.ts';

/** The serialiser of one operation. */
export interface Serialiser {
  /** JSON text of the gathered data in the shape that was asked for; undefined where `data` as a whole is null. */
  readonly text: (run: Run, data: Record<string, unknown>) => string | undefined;
  /** Introspection fields, which the run brings ready as text, each with all its nodes. */
  readonly introspection: readonly (readonly FieldNode[])[];
}

/** Where generated code is: everything that an error needs, as source text. */
interface At {
  /** Response path: names and index variables. */
  readonly path: readonly string[];
  /** Index variables of the lists around. */
  readonly indexes: readonly string[];
}

/**
 * Generates a function per selection set and type, in which every field is a test for its ordinary values and their
 * text. Whatever is not ordinary (null, a failure, a value that the type does not have) goes to `odd.ts` with its path.
 * A function gives undefined where null must propagate to its parent.
 */
export function serialiser(
  schema: GraphQLSchema,
  root: GraphQLObjectType,
  items: readonly Item[],
  pseudonym: Pseudonym,
): Serialiser {
  const functions: string[] = [];
  const places: Place[] = [];
  const leaves: unknown[] = [];
  const introspection: FieldNode[][] = [];

  const kept = (place: Place): string => `places[${places.push(place) - 1}]`;

  function define(at: At, parameter: string, lines: readonly string[]): string {
    const name = `text${functions.length}`;
    functions.push(`function ${name}${parameters(parameter, at)} {\n${lines.join('\n')}\n}`);
    return name;
  }

  function objectFunction(
    names: readonly string[],
    type: GraphQLCompositeType,
    selected: readonly Item[],
    at: At,
  ): string {
    const fields = collectFields(schema, type, selected);
    const fatal = fields.filter(
      ({ verdict, type: of }) => verdict.refusal !== undefined && isNonNullType(of),
    );
    if (fatal.length > 0) {
      const told = fatal.map((field) => `${fieldText(names, type, field, below(at, field))};`);
      return define(at, 'o', [...told, 'return undefined;']);
    }
    const lines = ['let v;'];
    const texts = fields.map((field, index) => {
      const label = JSON.stringify(`${index === 0 ? '' : ','}${JSON.stringify(field.response)}:`);
      const value = fieldText(names, type, field, below(at, field));
      lines.push(`v = ${read('o', field.key)};`, `const f${index} = ${value};`);
      if (isNonNullType(field.type)) lines.push(`if (f${index} === undefined) return undefined;`);
      return `${label} + f${index}`;
    });
    return define(at, 'o', [...lines, `return ${["'{'", ...texts, "'}'"].join(' + ')};`]);
  }

  function fieldText(names: readonly string[], type: GraphQLCompositeType, field: Collected, at: At): string {
    const place: Place = {
      label: `${type.name}.${field.name}`,
      nullable: !isNonNullType(field.type),
      items: field.items,
      refusal: field.verdict.refusal,
    };
    if (place.refusal !== undefined) return `refused(run, ${kept(place)}, ${pathText(at)})`;
    if (field.verdict.mask === 'NULL') return "'null'";
    if (field.name === '__typename') {
      const [only, second] = names;
      if (only === undefined) return `oddType(run, ${kept(place)}, ${pathText(at)})`;
      return second === undefined ? JSON.stringify(JSON.stringify(only)) : `'"' + v + '"'`;
    }
    if (type === schema.getQueryType() && field.name.startsWith('__')) {
      return `run.introspection[${introspection.push(field.sources.map((source) => source.node)) - 1}]`;
    }
    const { mask, of = place.label } = field.verdict;
    const shown = mask && `leaves[${leaves.push(masked(mask, of, pseudonym)) - 1}]`;
    return valueText(field.type, { ...place, shown }, `o, ${JSON.stringify(field.key)}`, at);
  }

  /** An expression: the text of `v`, or undefined where null must propagate from it. */
  function valueText(type: GraphQLOutputType, place: ShownPlace, holder: string, at: At): string {
    const { nullable, shown } = place;
    const inner = getNullableType(type);
    const missing = `absent(run, ${kept(place)}, ${holder}, ${pathText(at)})`;
    const whenNull = nullable ? `(run.failures === undefined ? 'null' : ${missing})` : missing;
    if (isLeafType(inner) && shown !== undefined) return `v == null ? ${whenNull} : ${shown}(v)`;
    if (isLeafType(inner)) {
      const leaf = `leaves[${leaves.push(inner) - 1}]`;
      const values = isEnumType(inner) ? new Set(inner.getValues().map((one) => one.name)) : undefined;
      const { test, text } = ordinary(inner, 'v', `leaves[${leaves.push(values) - 1}]`);
      return `${test} ? ${text} : v == null ? ${whenNull} : oddLeaf(run, ${kept(place)}, ${leaf}, v, ${pathText(at)})`;
    }
    const inside = isListType(inner)
      ? listFunction(inner.ofType, place, at)
      : isAbstractType(inner)
        ? abstractFunction(inner, place, at)
        : objectFunction([inner.name], inner, place.items, at);
    return `v == null ? ${whenNull} : ${inside}${parameters('v', at)}${nullable ? " ?? 'null'" : ''}`;
  }

  function listFunction(type: GraphQLOutputType, place: ShownPlace, at: At): string {
    const index = `i${at.indexes.length}`;
    const inside: At = { path: [...at.path, index], indexes: [...at.indexes, index] };
    const item: ShownPlace = { ...place, nullable: !isNonNullType(type) };
    return define(at, 'list', [
      `if (!Array.isArray(list)) return oddList(run, ${kept(place)}, ${pathText(at)});`,
      "let all = '[';",
      `for (let ${index} = 0; ${index} < list.length; ${index} += 1) {`,
      `const v = list[${index}];`,
      `const one = ${valueText(type, item, `list, ${index}`, inside)};`,
      isNonNullType(type) ? 'if (one === undefined) return undefined;' : '',
      `all += ${index} === 0 ? one : ',' + one;`,
      '}',
      "return all + ']';",
    ]);
  }

  /** Chooses by type name. An interface whose type nobody had to know answers with the interface's own fields. */
  function abstractFunction(type: GraphQLAbstractType, place: Place, at: At): string {
    const entries = typeGroups(schema, type, place.items).flatMap((names) => {
      const known = schema.getType(names[0] ?? '');
      if (!isObjectType(known)) return [];
      const name = objectFunction(names, known, place.items, at);
      return names.map((one) => `[${JSON.stringify(one)}, ${name}]`);
    });
    if (isInterfaceType(type)) {
      const name = objectFunction([], type, place.items, at);
      entries.push(`[${JSON.stringify(type.name)}, ${name}]`, `[undefined, ${name}]`);
    }
    const table = `types${functions.length}`;
    functions.push(`const ${table} = new Map([${entries.join(', ')}]);`);
    return define(at, 'o', [
      `const write = ${table}.get(o.__typename);`,
      `return write === undefined ? oddType(run, ${kept(place)}, ${pathText(at)}) : write${parameters('o', at)};`,
    ]);
  }

  const name = objectFunction([root.name], root, items, { path: [], indexes: [] });
  const scope = { places, leaves, quote, absent, oddLeaf, oddList, oddType, refused };
  const text = evaluate(`${functions.join('\n')}\nreturn ${name};`, scope) as Serialiser['text'];
  return { text, introspection };
}

/** A place with the name of the function that masks its leaves. */
interface ShownPlace extends Place {
  readonly shown?: string | undefined;
}

function below(at: At, { response }: Collected): At {
  return { ...at, path: [...at.path, JSON.stringify(response)] };
}

function parameters(first: string, at: At): string {
  return `(${['run', first, ...at.indexes].join(', ')})`;
}

function pathText(at: At): string {
  return `[${at.path.join(', ')}]`;
}
