import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNamedType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLUnionType,
} from 'graphql';
import { change, compareNamed, documentationChanges, type Change } from './change.ts';
import { argumentChanges, inputObjectChanges } from './inputs.ts';

type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** Changes of all named types. */
export function typeChanges(old: GraphQLSchema, next: GraphQLSchema): readonly Change[] {
  return compareNamed(ownTypes(old), ownTypes(next), {
    removed: (name) => change(name, 'TYPE_REMOVED', 'BREAKING', 'The type is gone.'),
    added: (name) => change(name, 'TYPE_ADDED', 'SAFE', 'The type is new.'),
    kept: (name, was, is) => [...contentChanges(name, was, is), ...documentationChanges(name, was, is)],
  });
}

function contentChanges(name: string, was: GraphQLNamedType, is: GraphQLNamedType): readonly Change[] {
  if (isObjectType(was) && isObjectType(is)) return compositeChanges(name, was, is);
  if (isInterfaceType(was) && isInterfaceType(is)) return compositeChanges(name, was, is);
  if (isUnionType(was) && isUnionType(is)) return unionChanges(name, was, is);
  if (isEnumType(was) && isEnumType(is)) return enumChanges(name, was, is);
  if (isInputObjectType(was) && isInputObjectType(is)) return inputObjectChanges(name, was, is);
  if (isScalarType(was) && isScalarType(is)) {
    return was.specifiedByURL === is.specifiedByURL
      ? []
      : change(name, 'SCALAR_SPECIFICATION_CHANGED', 'DANGEROUS', 'Another text specifies its values now.');
  }
  return change(name, 'TYPE_KIND_CHANGED', 'BREAKING', 'It is another kind of type now.');
}

function compositeChanges(name: string, was: Composite, is: Composite): readonly Change[] {
  return [
    ...compareNamed(byName(was.getInterfaces()), byName(is.getInterfaces()), {
      removed: (face) => change(name, 'INTERFACE_REMOVED', 'BREAKING', `It no longer implements ${face}.`),
      added: (face) => change(name, 'INTERFACE_ADDED', 'DANGEROUS', `It may turn up as ${face} now.`),
    }),
    ...compareNamed(byName(Object.values(was.getFields())), byName(Object.values(is.getFields())), {
      removed: (field, { deprecationReason }) =>
        change(
          `${name}.${field}`,
          'FIELD_REMOVED',
          'BREAKING',
          deprecationReason == null ? 'The field is gone.' : 'The field is gone; it was deprecated.',
        ),
      added: (field) => change(`${name}.${field}`, 'FIELD_ADDED', 'SAFE', 'The field is new.'),
      kept: (field, old, next) => fieldChanges(`${name}.${field}`, old, next),
    }),
  ];
}

function fieldChanges(
  coordinate: string,
  was: GraphQLField<unknown, unknown>,
  is: GraphQLField<unknown, unknown>,
): readonly Change[] {
  const [old, next] = [String(was.type), String(is.type)];
  const impact = givesNoMore(is.type, was.type) ? 'SAFE' : 'BREAKING';
  return [
    ...(old === next
      ? []
      : change(coordinate, 'FIELD_TYPE_CHANGED', impact, `Its type changed from ${old} to ${next}.`)),
    ...argumentChanges(coordinate, was.args, is.args),
    ...documentationChanges(coordinate, was, is),
  ];
}

/** Whether a client that can take every value of `old` can take every value of `next`. */
function givesNoMore(next: GraphQLOutputType, old: GraphQLOutputType): boolean {
  if (isNonNullType(next)) return givesNoMore(next.ofType, isNonNullType(old) ? old.ofType : old);
  if (isListType(next)) return isListType(old) && givesNoMore(next.ofType, old.ofType);
  return isNamedType(old) && old.name === next.name;
}

function unionChanges(name: string, was: GraphQLUnionType, is: GraphQLUnionType): readonly Change[] {
  return compareNamed(byName(was.getTypes()), byName(is.getTypes()), {
    removed: (member) =>
      change(name, 'UNION_MEMBER_REMOVED', 'BREAKING', `${member} is no longer among its members.`),
    added: (member) => change(name, 'UNION_MEMBER_ADDED', 'DANGEROUS', `It may be ${member} now.`),
  });
}

function enumChanges(name: string, was: GraphQLEnumType, is: GraphQLEnumType): readonly Change[] {
  return compareNamed(byName(was.getValues()), byName(is.getValues()), {
    removed: (value) => change(`${name}.${value}`, 'ENUM_VALUE_REMOVED', 'BREAKING', 'The value is gone.'),
    added: (value) =>
      change(
        `${name}.${value}`,
        'ENUM_VALUE_ADDED',
        'DANGEROUS',
        'A client may meet a value it does not know.',
      ),
    kept: (value, old, next) => documentationChanges(`${name}.${value}`, old, next),
  });
}

function ownTypes(schema: GraphQLSchema): readonly (readonly [string, GraphQLNamedType])[] {
  return Object.entries(schema.getTypeMap()).filter(
    ([, type]) => !isSpecifiedScalarType(type) && !isIntrospectionType(type),
  );
}

function byName<Item extends { readonly name: string }>(
  items: readonly Item[],
): readonly (readonly [string, Item])[] {
  return items.map((item) => [item.name, item]);
}
