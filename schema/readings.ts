import type { DocumentNode } from 'graphql';
import { both, isOpen, open, type Access } from './access.ts';
import { accessOf, accessOfFields } from './governance.ts';
import { personalOf, type Personal } from './personal.ts';
import { directiveOn, isComposite, type CompositeNode } from './sdl.ts';

/** What it takes to read a field of objects of one type. */
export interface Reading {
  readonly access: Access;
  readonly personal?: Personal;
}

/**
 * What it takes to read each published field of a supergraph, by coordinate, where it takes anything: what the field, its
 * type, the type of its value and the same field of its type's interfaces ask for together. `__typename` is a field as
 * well: what it takes is what its type asks for.
 */
export function readingsOf(supergraph: DocumentNode): ReadonlyMap<string, Reading> {
  const own = accessOfFields(supergraph);
  const types = supergraph.definitions
    .filter(isComposite)
    .filter((type) => !directiveOn(type, 'inaccessible'));
  const byName = new Map(types.map((type) => [type.name.value, type]));
  const withInterfaces = (type: CompositeNode): readonly CompositeNode[] => [
    type,
    ...(type.interfaces ?? []).flatMap(({ name }) => byName.get(name.value) ?? []),
  ];

  const fieldsOf = (type: CompositeNode): readonly (readonly [string, Reading])[] => {
    const kin = withInterfaces(type);
    return (type.fields ?? []).map(({ name: { value: name } }) => {
      const access = kin.map((one) => own.get(`${one.name.value}.${name}`) ?? open).reduce(both);
      const personal = kin
        .flatMap((one) => one.fields?.filter((field) => field.name.value === name) ?? [])
        .map(personalOf)
        .find((found) => found !== undefined);
      return [name, { access, ...(personal && { personal }) }];
    });
  };

  return new Map(
    types.flatMap((type) =>
      [...fieldsOf(type), ['__typename', { access: accessOf(type) }] as const]
        .filter(([, { access, personal }]) => personal !== undefined || !isOpen(access))
        .map(([name, reading]) => [`${type.name.value}.${name}`, reading] as const),
    ),
  );
}
