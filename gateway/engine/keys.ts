import { isObjectType, type GraphQLCompositeType, type GraphQLOutputType } from 'graphql';
import type { FieldItem } from './items.ts';

/** The key of a field in the gathered data, by its name and the text of its arguments. Copies are told apart. */
export type KeyOf = (name: string, text: string, copy?: number) => string;

/**
 * Names the keys of one operation. Equal fields get one key, unless they are copies of each other; the first of a field
 * without arguments is keyed by its plain name, all others by a name of our own, with a prefix that no field of the
 * schema has.
 */
export function keyNames(prefix: string): KeyOf {
  const made = new Map<string, string>();
  return (name, text, copy = 0) => {
    if (text === '' && copy === 0) return name;
    const identity = `${name}${text}:${copy}`;
    let key = made.get(identity);
    if (key === undefined) {
      key = `${prefix}${made.size}_${name}`;
      made.set(identity, key);
    }
    return key;
  };
}

/** One place of the answer: all that is selected there, whatever fragments it is in. */
export interface Level {
  readonly drafts: Draft[];
  readonly below: Map<string, Level>;
}

interface Draft {
  readonly item: FieldItem;
  readonly parent: GraphQLCompositeType;
  readonly type: GraphQLOutputType;
}

export function newLevel(): Level {
  return { drafts: [], below: new Map() };
}

export function levelBelow(level: Level, response: string): Level {
  const known = level.below.get(response) ?? newLevel();
  level.below.set(response, known);
  return known;
}

/**
 * Gives the fields of a place, and of all below it, their keys. Leaves share one for all their response names, as long
 * as their types have the same shape: two types may have a field of one name that differs. What has a selection gets one for each response name, and for each object type if it is selected for those alone: null
 * propagates in each by itself, so what is selected in them must not be mixed.
 */
export function nameKeys(level: Level, keyOf: KeyOf): void {
  const onInterfaces = new Set(
    level.drafts.filter(({ parent }) => !isObjectType(parent)).map(({ item }) => item.response),
  );
  const copies = new Map<string, string[]>();
  for (const { item, parent, type } of level.drafts) {
    const field = `${item.name}${item.arguments}`;
    const names = copies.get(field) ?? [];
    copies.set(field, names);
    const composite = onInterfaces.has(item.response) ? item.response : `${item.response} ${parent.name}`;
    const name = item.items ? composite : String(type);
    if (!names.includes(name)) names.push(name);
    item.key = keyOf(item.name, item.arguments, names.indexOf(name));
  }
  for (const below of level.below.values()) nameKeys(below, keyOf);
}
