import type { FieldDefinitionNode } from 'graphql';
import { ownDefinitions, type Contract } from './contract.ts';
import { directiveOn, isObject, keysOf, textOf, type ObjectNode } from './sdl.ts';

/** One definition of a field in one contract. */
export interface Site {
  readonly contract: Contract;
  readonly type: ObjectNode;
  readonly field: FieldDefinitionNode;
}

/** An object type that two or more subgraphs resolve by key and to which more than one of them adds attributes. */
export interface Entity {
  readonly name: string;
  /** Names of the fields that its keys are made of. */
  readonly keys: ReadonlySet<string>;
  /** Attribute's name to its definitions; a key that a contract only repeats is not among them. */
  readonly attributes: ReadonlyMap<string, readonly Site[]>;
}

/**
 * The entities of the contracts, before composition. A type that is resolved by key in several contracts while a single
 * one gives it all its fields is an entity only when it names owners: there is nothing to govern otherwise.
 */
export function entitiesOf(contracts: readonly Contract[]): ReadonlyMap<string, Entity> {
  const sites = contracts.flatMap((contract) =>
    ownDefinitions(contract)
      .filter(isObject)
      .flatMap((type) => (type.fields ?? []).map((field): Site => ({ contract, type, field }))),
  );
  const entities = [...Map.groupBy(sites, ({ type }) => type.name.value)].flatMap(([name, own]) => {
    const keys = new Set(own.flatMap(({ type }) => keysOf(type).flat()));
    const attributes = Map.groupBy(
      own.filter((site) => isAttribute(site, keys) && !isOverridden(site, own)),
      ({ field }) => field.name.value,
    );
    return isEntity(own, [...attributes.values()].flat()) ? [{ name, keys, attributes }] : [];
  });
  return new Map(entities.map((entity) => [entity.name, entity]));
}

function isEntity(sites: readonly Site[], attributes: readonly Site[]): boolean {
  const resolving = new Set(sites.filter(({ type }) => keysOf(type).length > 0).map(contractName));
  const giving = new Set(
    attributes.filter(({ field }) => directiveOn(field, 'shareable') === undefined).map(contractName),
  );
  return (
    resolving.size > 1 && (giving.size > 1 || attributes.some(({ field }) => directiveOn(field, 'owner')))
  );
}

function isAttribute({ field }: Site, keys: ReadonlySet<string>): boolean {
  if (directiveOn(field, 'external') || directiveOn(field, 'inaccessible')) return false;
  return !keys.has(field.name.value) || directiveOn(field, 'owner') !== undefined;
}

/** Whether another contract takes the field over from this one, as during a move between systems. */
function isOverridden({ contract, field }: Site, sites: readonly Site[]): boolean {
  return sites.some(
    (other) =>
      other.field.name.value === field.name.value &&
      textOf(directiveOn(other.field, 'override'), 'from') === contract.name,
  );
}

function contractName({ contract }: Site): string {
  return contract.name;
}
