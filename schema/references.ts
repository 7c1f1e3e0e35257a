import type { FieldDefinitionNode, TypeDefinitionNode, TypeNode } from 'graphql';
import { directivesOn, isGiven, isObject, namedType, nodeTypeOf } from './sdl.ts';

/**
 * Where a value of a type, in the form in which it is written, names another entity: paths of fields joined by dots, ''
 * for the value itself, through lists and the nodes of connections. A type within itself is looked into once.
 * @param types of a supergraph, by name
 */
export function referencesIn(
  types: ReadonlyMap<string, TypeDefinitionNode>,
  type: TypeNode,
): readonly string[] {
  const within = (current: TypeNode, around: ReadonlySet<string>): readonly string[] => {
    const name = namedType(nodeTypeOf(types, current) ?? current);
    const definition = types.get(name);
    if (!definition || !isObject(definition) || around.has(name)) return [];
    if (isKeyed(definition)) return [''];
    return (definition.fields ?? [])
      .filter(isGiven)
      .flatMap((field: FieldDefinitionNode) =>
        within(field.type, new Set([...around, name])).map((path) =>
          path === '' ? field.name.value : `${field.name.value}.${path}`,
        ),
      );
  };
  return within(type, new Set());
}

function isKeyed(definition: TypeDefinitionNode): boolean {
  return directivesOn(definition, 'join__type').some((join) =>
    join.arguments?.some(({ name }) => name.value === 'key'),
  );
}
