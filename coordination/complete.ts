import { Kind, type DocumentNode, type InputObjectTypeDefinitionNode, type TypeNode } from 'graphql';

/** A value of an input type, coerced by it already, with every absent member of the objects in it as null. */
export type Complete = (value: unknown) => unknown;

/**
 * Makes equal values of a type look the same, however much of an optional part their callers wrote. Pure. Members of
 * the type itself stay absent where they are: there, absent means unchanged.
 * @param document the definitions of the input types
 * @throws Error where there is no such input type
 */
export function completerOf(document: DocumentNode, name: string): Complete {
  const inputs = new Map(
    document.definitions
      .filter((node) => node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const input = inputs.get(name);
  if (!input) throw new Error(`there is no input type ${name}`);

  function whole(type: TypeNode, value: unknown): unknown {
    if (value === null || value === undefined) return null;
    if (type.kind === Kind.NON_NULL_TYPE) return whole(type.type, value);
    if (type.kind === Kind.LIST_TYPE) {
      return Array.isArray(value) ? value.map((item) => whole(type.type, item)) : value;
    }
    const definition = inputs.get(type.name.value);
    return definition ? members(definition, value) : value;
  }

  function members({ fields = [] }: InputObjectTypeDefinitionNode, value: unknown): unknown {
    const given = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(fields.map(({ name, type }) => [name.value, whole(type, given[name.value])]));
  }

  const types = new Map((input.fields ?? []).map(({ name, type }) => [name.value, type]));
  return (value) =>
    Object.fromEntries(
      Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([member, given]) => {
        const type = types.get(member);
        return type === undefined || given === undefined ? [] : [[member, whole(type, given)]];
      }),
    );
}
