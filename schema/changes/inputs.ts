import {
  astFromValue,
  isListType,
  isNamedType,
  isNonNullType,
  isRequiredArgument,
  print,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from 'graphql';
import { change, compareNamed, documentationChanges, type Change } from './change.ts';

type Given = GraphQLArgument | GraphQLInputField;

/** Changes of the arguments of a field or directive. */
export function argumentChanges(
  owner: string,
  old: readonly GraphQLArgument[],
  next: readonly GraphQLArgument[],
): readonly Change[] {
  return givenChanges('ARGUMENT', old, next, (name) => `${owner}(${name}:)`);
}

/** Changes of an input type. */
export function inputObjectChanges(
  name: string,
  old: GraphQLInputObjectType,
  next: GraphQLInputObjectType,
): readonly Change[] {
  return [
    ...givenChanges(
      'INPUT_FIELD',
      Object.values(old.getFields()),
      Object.values(next.getFields()),
      (field) => `${name}.${field}`,
    ),
    ...(!old.isOneOf && next.isOneOf
      ? change(name, 'ONE_OF_ADDED', 'BREAKING', 'Exactly one of its fields may be given from now on.')
      : []),
    ...(old.isOneOf && !next.isOneOf
      ? change(name, 'ONE_OF_REMOVED', 'SAFE', 'More than one of its fields may be given now.')
      : []),
  ];
}

function givenChanges(
  kind: 'ARGUMENT' | 'INPUT_FIELD',
  old: readonly Given[],
  next: readonly Given[],
  coordinate: (name: string) => string,
): readonly Change[] {
  return compareNamed(byName(old), byName(next), {
    removed: (name) => change(coordinate(name), `${kind}_REMOVED`, 'BREAKING', 'It is no longer accepted.'),
    added: (name, given) => {
      if (isRequiredArgument(given)) {
        return change(
          coordinate(name),
          `REQUIRED_${kind}_ADDED`,
          'BREAKING',
          'Every caller must give it now.',
        );
      }
      return given.defaultValue === undefined
        ? change(coordinate(name), `OPTIONAL_${kind}_ADDED`, 'SAFE', 'It may be given now.')
        : change(
            coordinate(name),
            `OPTIONAL_${kind}_ADDED`,
            'DANGEROUS',
            'Callers that do not give it get its default now.',
          );
    },
    kept: (name, was, is) => [
      ...typeChange(kind, coordinate(name), was, is),
      ...defaultChange(kind, coordinate(name), was, is),
      ...documentationChanges(coordinate(name), was, is),
    ],
  });
}

function typeChange(kind: string, coordinate: string, was: Given, is: Given): readonly Change[] {
  if (String(was.type) === String(is.type)) return [];
  const impact = acceptsAll(is.type, was.type) ? 'SAFE' : 'BREAKING';
  const message = `Its type changed from ${String(was.type)} to ${String(is.type)}.`;
  return change(coordinate, `${kind}_TYPE_CHANGED`, impact, message);
}

function defaultChange(kind: string, coordinate: string, was: Given, is: Given): readonly Change[] {
  const [old, next] = [defaultOf(was), defaultOf(is)];
  if (old === next) return [];
  if (isRequiredArgument(is) && !isRequiredArgument(was) && isNonNullType(was.type)) {
    return change(coordinate, `${kind}_BECAME_REQUIRED`, 'BREAKING', 'It has no default any more: give it.');
  }
  if (isRequiredArgument(was)) {
    return change(coordinate, `${kind}_BECAME_OPTIONAL`, 'SAFE', `It has a default now: ${next}.`);
  }
  const message = `Its default changed from ${old} to ${next}.`;
  return change(coordinate, `${kind}_DEFAULT_CHANGED`, 'DANGEROUS', message);
}

/** Whether everything that could be given for `old` can be given for `next`. */
function acceptsAll(next: GraphQLInputType, old: GraphQLInputType): boolean {
  if (isNonNullType(old)) return acceptsAll(isNonNullType(next) ? next.ofType : next, old.ofType);
  if (isListType(old)) return isListType(next) && acceptsAll(next.ofType, old.ofType);
  return isNamedType(next) && next.name === old.name;
}

function defaultOf(given: Given): string {
  if (given.defaultValue === undefined) return 'none';
  const node = astFromValue(given.defaultValue, given.type);
  return node ? print(node) : 'none';
}

function byName(items: readonly Given[]): readonly (readonly [string, Given])[] {
  return items.map((item) => [item.name, item]);
}
