import type { DocumentNode } from 'graphql';
import { isOpen, open, type Access } from './access.ts';
import { accessOf, accessOfFields } from './governance.ts';
import { personalOf, type Personal } from './personal.ts';
import { directiveOn, isComposite } from './sdl.ts';

/** What it takes to read a field of objects of one type. */
export interface Reading {
  readonly access: Access;
  readonly personal?: Personal;
}

/**
 * What it takes to read each published field of a supergraph, by coordinate, where it takes anything: what the field, its
 * type and the type of its value ask for together. `__typename` is a field as well: what it takes is what its type asks
 * for.
 */
export function readingsOf(supergraph: DocumentNode): ReadonlyMap<string, Reading> {
  const access = accessOfFields(supergraph);
  return new Map(
    supergraph.definitions
      .filter(isComposite)
      .filter((type) => !directiveOn(type, 'inaccessible'))
      .flatMap((type): readonly (readonly [string, Reading])[] => [
        [`${type.name.value}.__typename`, { access: accessOf(type) }],
        ...(type.fields ?? []).map((field) => {
          const coordinate = `${type.name.value}.${field.name.value}`;
          const personal = personalOf(field);
          return [
            coordinate,
            { access: access.get(coordinate) ?? open, ...(personal && { personal }) },
          ] as const;
        }),
      ])
      .filter(([, { access: asked, personal }]) => personal !== undefined || !isOpen(asked)),
  );
}
