import { Kind } from 'graphql';
import type { Attribute } from './governance.ts';
import { contractOf } from './load.ts';

/** The values of an attribute whose type is an enum. */
export function valuesOf({ name, type, subgraph }: Attribute): readonly string[] {
  const named = type.replaceAll(/[[\]!]/g, '');
  const definition = contractOf(subgraph).document.definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === named,
  );
  if (definition?.kind !== Kind.ENUM_TYPE_DEFINITION)
    throw new Error(`${name} is of no enum, so that nothing can be chosen by it`);
  return (definition.values ?? []).map((value) => value.name.value);
}
