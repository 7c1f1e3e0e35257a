import {
  isObjectType,
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { Verdict } from './clearance.ts';
import type { FieldItem, Item } from './items.ts';
import { fieldOf, possibleNames } from './definitions.ts';

/** A field of the answer for objects of one type: everything that was asked for under one response name. */
export interface Collected {
  readonly response: string;
  readonly key: string;
  readonly name: string;
  readonly type: GraphQLOutputType;
  readonly sources: readonly FieldItem[];
  /** What is selected below, of all sources together. */
  readonly items: readonly Item[];
  /** That of all sources, unless one is through an interface, where it may be refused: then that is. */
  readonly verdict: Verdict;
}

/** The fields that objects of a type answer with. An interface stands for objects whose type is not known. */
export function collectFields(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  items: readonly Item[],
): readonly Collected[] {
  const sources = new Map<string, FieldItem[]>();
  const collect = (list: readonly Item[]): void => {
    for (const item of list) {
      if (item.kind === 'scope') {
        if (fulfils(schema, type, item.on)) collect(item.items);
        continue;
      }
      const same = sources.get(item.response);
      if (same) same.push(item);
      else sources.set(item.response, [item]);
    }
  };
  collect(items);
  return [...sources.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    return {
      response: first.response,
      key: first.key,
      name: first.name,
      type: fieldOf(schema, type, first.name).type,
      sources: same,
      items: same.flatMap((item) => item.items ?? []),
      verdict: (same.find(({ verdict }) => verdict.refusal !== undefined) ?? first).verdict,
    };
  });
}

/** Possible types of an abstract type, grouped by what they answer with: one group is one piece of work. */
export function typeGroups(
  schema: GraphQLSchema,
  type: GraphQLAbstractType,
  items: readonly Item[],
): readonly (readonly string[])[] {
  const numbers = new Map<FieldItem, number>();
  const numberOf = (item: FieldItem): number => {
    const known = numbers.get(item) ?? numbers.size;
    numbers.set(item, known);
    return known;
  };
  const groups = new Map<string, string[]>();
  for (const possible of schema.getPossibleTypes(type)) {
    const signature = collectFields(schema, possible, items)
      .map((field) => `${field.response}:${String(field.type)}:${field.sources.map(numberOf).join(' ')}`)
      .join(',');
    groups.set(signature, [...(groups.get(signature) ?? []), possible.name]);
  }
  return [...groups.values()];
}

function fulfils(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  condition: GraphQLCompositeType,
): boolean {
  if (type === condition) return true;
  if (isObjectType(type)) return possibleNames(schema, condition).has(type.name);
  return 'getInterfaces' in type && type.getInterfaces().some((one) => one === condition);
}
