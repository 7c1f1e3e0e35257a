import type { FieldDefinitionNode, TypeDefinitionNode, TypeNode } from 'graphql';
import { directiveOn, isObject, namedType, nodeTypeOf, textOf, textsOf } from './sdl.ts';

export const masks = ['NULL', 'HASH', 'LAST_FOUR', 'DOMAIN'] as const;

/** What is shown instead of personal data, as in `enum Mask`. */
export type Mask = (typeof masks)[number];

/** Who sees a personal value whole, and what others see. */
export interface Personal {
  /** Scopes of which the caller needs all. */
  readonly reveal: readonly string[];
  readonly mask: Mask;
}

/** What `@personal` says on a field; undefined where it is not personal. */
export function personalOf(field: FieldDefinitionNode): Personal | undefined {
  const personal = directiveOn(field, 'personal');
  if (!personal) return undefined;
  const mask = masks.find((one) => one === textOf(personal, 'mask')) ?? 'NULL';
  return { reveal: textsOf(personal, 'reveal'), mask };
}

/**
 * All scopes that it takes to see a value of a field whole: those of the field, and of everything inside its value, but
 * for entities, which are only named there. In the order of the alphabet.
 * @param types of a supergraph, by name
 */
export function revealedBy(
  types: ReadonlyMap<string, TypeDefinitionNode>,
  field: FieldDefinitionNode,
): readonly string[] {
  const scopes = new Set(personalOf(field)?.reveal);
  const seen = new Set<string>();
  const look = (type: TypeNode): void => {
    const name = namedType(nodeTypeOf(types, type) ?? type);
    const definition = types.get(name);
    if (!definition || !isObject(definition) || seen.has(name)) return;
    seen.add(name);
    for (const inner of definition.fields ?? []) {
      personalOf(inner)?.reveal.forEach((scope) => scopes.add(scope));
      if (!isEntity(types.get(namedType(inner.type)))) look(inner.type);
    }
  };
  if (!isEntity(types.get(namedType(nodeTypeOf(types, field.type) ?? field.type)))) look(field.type);
  return [...scopes].sort();
}

/** Whatever is resolved by key is read by itself. */
function isEntity(definition: TypeDefinitionNode | undefined): boolean {
  return (definition?.directives ?? []).some(
    (directive) => directive.name.value === 'join__type' && textOf(directive, 'key') !== undefined,
  );
}
