import {
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  print,
  visit,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { Failure } from '../../runtime/failure.ts';
import { isIncluded, type Conditions } from './conditions.ts';
import type { FieldItem, Item } from './items.ts';
import { levelBelow, nameKeys, newLevel, type KeyOf, type Level } from './keys.ts';

export interface Selecting {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditions: Conditions;
  readonly keyOf: KeyOf;
}

/**
 * The selection of an operation as plain items: fragments in place, conditions decided, and every field under a key
 * that says what it is (one field with one set of arguments and one shape), so that a client's aliases cannot collide
 * with the fields that plans fetch for themselves.
 */
export function select(
  options: Selecting,
  root: GraphQLCompositeType,
  selections: SelectionSetNode,
): readonly Item[] {
  function items(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    possible: ReadonlySet<string>,
    spread: Set<string>,
    level: Level,
  ): Item[] {
    return set.selections
      .filter((selection) => isIncluded(selection, options.conditions))
      .flatMap((selection) => item(selection, parent, possible, spread, level));
  }

  function item(
    selection: SelectionNode,
    parent: GraphQLCompositeType,
    possible: ReadonlySet<string>,
    spread: Set<string>,
    level: Level,
  ): Item[] {
    if (selection.kind === Kind.FIELD) return [field(selection, parent, level)];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return scope(
        selection.typeCondition?.name.value,
        selection.selectionSet,
        parent,
        possible,
        spread,
        level,
      );
    }
    const fragment = options.fragments.get(selection.name.value);
    if (!fragment || spread.has(fragment.name.value)) return [];
    spread.add(fragment.name.value);
    return scope(fragment.typeCondition.name.value, fragment.selectionSet, parent, possible, spread, level);
  }

  function scope(
    condition: string | undefined,
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    possible: ReadonlySet<string>,
    spread: Set<string>,
    level: Level,
  ): Item[] {
    const on = condition === undefined ? parent : options.schema.getType(condition);
    if (!isCompositeType(on)) return [];
    const admitted = possibleNames(options.schema, on);
    const within = new Set([...possible].filter((name) => admitted.has(name)));
    if (within.size === 0) return [];
    if (within.size === possible.size) {
      // Every object here fulfils the condition, but an interface's field may only be known under it.
      const same = on === parent || (isObjectType(parent) && !isObjectType(on));
      if (same) return items(set, parent, possible, spread, level);
    }
    // A fragment under a condition must not hide the same fragment spread without it.
    const inner = items(set, on, within, new Set(spread), level);
    return inner.length === 0 ? [] : [{ kind: 'scope', on, items: inner }];
  }

  function field(node: FieldNode, parent: GraphQLCompositeType, level: Level): FieldItem {
    const definition = fieldOf(options.schema, parent, node.name.value);
    const type = getNamedType(definition.type);
    const text = argumentsText(node);
    const response = node.alias?.value ?? node.name.value;
    const made: FieldItem = {
      kind: 'field',
      response,
      key: '',
      name: node.name.value,
      arguments: text,
      variables: variablesOf(node),
      node,
      items:
        node.selectionSet && isCompositeType(type)
          ? items(
              node.selectionSet,
              type,
              possibleNames(options.schema, type),
              new Set(),
              levelBelow(level, response),
            )
          : undefined,
    };
    level.drafts.push({ item: made, parent, type: definition.type });
    return made;
  }

  const top = newLevel();
  const selected = items(selections, root, possibleNames(options.schema, root), new Set(), top);
  nameKeys(top, options.keyOf);
  return selected;
}

/** The names of the objects that can be where the type is expected. */
export function possibleNames(schema: GraphQLSchema, type: GraphQLCompositeType): ReadonlySet<string> {
  if (isObjectType(type)) return new Set([type.name]);
  return new Set(schema.getPossibleTypes(type).map((possible) => possible.name));
}

/** The definition of a field of a validated operation, introspection's own included. */
export function fieldOf(
  schema: GraphQLSchema,
  parent: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  const found = 'getFields' in parent ? parent.getFields()[name] : undefined;
  if (!found) throw new Failure('INTERNAL_SERVER_ERROR', `There is no field ${parent.name}.${name}.`);
  return found;
}

/** A field's arguments as text that is the same for equal ones. */
export function argumentsText(node: FieldNode): string {
  const texts = (node.arguments ?? []).map(print).sort();
  return texts.length === 0 ? '' : `(${texts.join(', ')})`;
}

function variablesOf(node: FieldNode): ReadonlySet<string> {
  const names = new Set<string>();
  for (const argument of node.arguments ?? []) {
    visit(argument, {
      Variable(variable) {
        names.add(variable.name.value);
      },
    });
  }
  return names;
}
