import {
  getNamedType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  print,
  visit,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { commonVerdict, type Clearance, type Verdict } from './clearance.ts';
import { fieldOf, possibleNames } from './definitions.ts';
import { isIncluded, type Conditions } from './conditions.ts';
import { isWithheld, type FieldItem, type Item } from './items.ts';
import { levelBelow, nameKeys, newLevel, type KeyOf, type Level } from './keys.ts';

export interface Selecting {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditions: Conditions;
  readonly keyOf: KeyOf;
  readonly clearance: Clearance;
}

/**
 * The selection of an operation as plain items: fragments in place, conditions decided, and every field under a key
 * that says what it is (one field with one set of arguments and one shape), so that a client's aliases cannot collide
 * with the fields that plans fetch for themselves. Each carries what its caller may be shown of it; where that depends on
 * the type of the object, it is told apart by type.
 */
export function select(
  options: Selecting,
  root: GraphQLCompositeType,
  selections: SelectionSetNode,
): readonly Item[] {
  /** An object without a field that it must have is null, and nothing else of it is asked for. */
  function place(set: SelectionSetNode, type: GraphQLCompositeType, level: Level): readonly Item[] {
    const all = items(set, type, possibleNames(options.schema, type), new Set(), level);
    const fatal = all.filter((item) => item.kind === 'field' && isFatal(options.schema, type, item));
    return fatal.length > 0 ? fatal : all;
  }

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
    if (selection.kind === Kind.FIELD) return cleared(selection, parent, possible, level);
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

  function cleared(
    node: FieldNode,
    parent: GraphQLCompositeType,
    possible: ReadonlySet<string>,
    level: Level,
  ): Item[] {
    const name = node.name.value;
    const verdictOn = (type: string): Verdict => options.clearance.verdict(type, name);
    // Composition has an interface's field ask for what the field of any of its types asks for.
    const own = verdictOn(parent.name);
    if (isObjectType(parent) || own.refusal !== undefined) return [field(node, parent, own, level)];
    const common = commonVerdict([...possible].map(verdictOn));
    if (common) return [field(node, parent, common, level)];
    return [...possible].flatMap((type): Item[] => {
      const on = options.schema.getType(type);
      return isObjectType(on)
        ? [{ kind: 'scope', on, items: [field(node, on, verdictOn(type), level)] }]
        : [];
    });
  }

  function field(node: FieldNode, parent: GraphQLCompositeType, given: Verdict, level: Level): FieldItem {
    const definition = fieldOf(options.schema, parent, node.name.value);
    const type = getNamedType(definition.type);
    const text = argumentsText(node);
    const response = node.alias?.value ?? node.name.value;
    const verdict = suited(given, definition.type, `${parent.name}.${definition.name}`);
    const withheld = isWithheld({ verdict });
    const made: FieldItem = {
      kind: 'field',
      response,
      key: '',
      name: node.name.value,
      arguments: text,
      variables: variablesOf(node),
      node,
      items:
        node.selectionSet && isCompositeType(type) && !withheld
          ? place(node.selectionSet, type, levelBelow(level, response))
          : undefined,
      verdict,
    };
    if (withheld) return made;
    level.drafts.push({ item: made, parent, type: definition.type });
    return made;
  }

  const top = newLevel();
  const selected = place(selections, root, top);
  nameKeys(top, options.keyOf);
  return selected;
}

/** Whether an object cannot be answered because of this field. */
function isFatal(schema: GraphQLSchema, parent: GraphQLCompositeType, item: FieldItem): boolean {
  return item.verdict.refusal !== undefined && isNonNullType(fieldOf(schema, parent, item.name).type);
}

/** A mask that cannot be told in the field's type refuses the field, and one that makes a text of no text gives nothing. */
function suited(verdict: Verdict, type: GraphQLOutputType, coordinate: string): Verdict {
  if (verdict.mask === undefined || (isText(type) && verdict.mask !== 'NULL')) return verdict;
  if (!isNonNullType(type)) return { mask: 'NULL' };
  return { refusal: `You may not read ${coordinate}: it is personal.` };
}

function isText(type: GraphQLOutputType): boolean {
  const named = getNamedType(type);
  if (!isScalarType(named)) return false;
  return !isSpecifiedScalarType(named) || named.name === 'String' || named.name === 'ID';
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
