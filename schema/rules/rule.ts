import { Kind, type FieldDefinitionNode } from 'graphql';
import { ownDefinitions, type Contract } from '../contract.ts';
import { entitiesOf, type Entity, type Site } from '../entities.ts';
import { problemAt, type Problem } from '../problem.ts';
import { isComposite, typesOf, type CompositeNode } from '../sdl.ts';

/** What the rules look at: the contracts, with the entities found in them. */
export interface Subject {
  readonly contracts: readonly Contract[];
  readonly entities: ReadonlyMap<string, Entity>;
}

/** Finds every breach of one convention. */
export type Rule = (subject: Subject) => readonly Problem[];

/** A field of an object or interface type, in the contract that defines it. */
export interface FieldOfType {
  readonly contract: Contract;
  readonly type: CompositeNode;
  readonly field: FieldDefinitionNode;
}

/** Prepares contracts for the rules. */
export function subjectOf(contracts: readonly Contract[]): Subject {
  return { contracts, entities: entitiesOf(contracts) };
}

/** Every definition of every attribute of every entity. */
export function attributeSites({ entities }: Subject): readonly (Site & { readonly entity: Entity })[] {
  return [...entities.values()].flatMap((entity) =>
    [...entity.attributes.values()].flat().map((site) => ({ ...site, entity })),
  );
}

/** Every field of every object and interface type that the contracts define themselves. */
export function allFields({ contracts }: Subject): readonly FieldOfType[] {
  return contracts.flatMap((contract) =>
    ownDefinitions(contract)
      .filter(isComposite)
      .flatMap((type) => (type.fields ?? []).map((field) => ({ contract, type, field }))),
  );
}

/** `Type.field`. */
export function coordinateOf({ type, field }: Pick<FieldOfType, 'type' | 'field'>): string {
  return `${type.name.value}.${field.name.value}`;
}

/** A problem with a field. */
export function fieldProblem(
  site: Pick<FieldOfType, 'type' | 'field'>,
  code: string,
  message: string,
): Problem {
  return problemAt(site.field, { coordinate: coordinateOf(site), code, message });
}

/** Names of the systems that may own attributes. */
export function systemNames({ contracts }: Subject): ReadonlySet<string> {
  return new Set(contracts.map(({ system }) => system));
}

/** The kind of a named type in a contract; a built-in scalar counts as a scalar. */
export function kindOf(contract: Contract, name: string): Kind {
  return typesOf(contract.document).get(name)?.kind ?? Kind.SCALAR_TYPE_DEFINITION;
}
