import type { FetchRewrite, RequiresSelection } from '../planner.ts';
import { evaluate, read } from './codegen.ts';
import { reason, type Failures, type Missing } from './failures.ts';
import { admittedNames, isObject } from './paths.ts';
import { rewriter } from './rewrites.ts';

/** An object of the gathered data. */
export type Data = Record<string, unknown>;

type PossibleTypes = ReadonlyMap<string, ReadonlySet<string>>;

type Project = (entity: Data) => Data | undefined;

/** How one fetch presents entities to its subgraph. */
export interface Projection {
  /** The representation of an entity, or undefined where the entity lacks what the subgraph needs. */
  represent: Project;
  /** Text that is the same exactly for equal representations. */
  identity: (representation: Data) => string;
  /** The failure because of which an entity has no usable representation. */
  blocked: (failures: Failures, entity: Data) => Missing | undefined;
}

/** Compiles `requires` and the input rewrites of a fetch. */
export function projection(
  requires: readonly RequiresSelection[],
  rewrites: readonly FetchRewrite[] | undefined,
  possible: PossibleTypes,
): Projection {
  const rewrite = rewriter(rewrites, possible);
  const project = projector(requires, possible);
  const represent: Project = (entity) => {
    const representation = project(entity);
    if (representation) rewrite?.(representation);
    return representation;
  };
  return {
    represent: rewrite ? represent : project,
    identity: identity(requires),
    blocked: (failures, entity) => blocked(failures, entity, requires, possible),
  };
}

/** Type conditions are decided once per type name; the fields are then one object literal. */
function projector(selections: readonly RequiresSelection[], possible: PossibleTypes): Project {
  if (!selections.some((selection) => selection.kind === 'InlineFragment')) {
    return literal(fieldsOf(selections, undefined, possible), undefined, possible);
  }
  const made = new Map<unknown, Project>();
  const assumed = onlyType(selections);
  return (entity) => {
    const name = entity.__typename ?? assumed;
    let project = made.get(name);
    if (!project) {
      project = literal(fieldsOf(selections, name, possible), name, possible);
      // Names come from subgraphs: only those of the supergraph are kept.
      if (typeof name === 'string' && possible.has(name)) made.set(name, project);
    }
    return project(entity);
  };
}

/** The type of objects whose type was not asked for, because there is only one that it can be. */
function onlyType(selections: readonly RequiresSelection[]): string | undefined {
  const [only, second] = selections;
  return only?.kind === 'InlineFragment' && !second ? only.typeCondition : undefined;
}

/** A field of a representation: its name there, and what is selected below it. */
interface Needed {
  readonly name: string;
  readonly selections: readonly RequiresSelection[];
}

/** The fields that apply to a type, by their key in the gathered data. */
function fieldsOf(
  selections: readonly RequiresSelection[],
  name: unknown,
  possible: PossibleTypes,
): ReadonlyMap<string, Needed> {
  const fields = new Map<string, Needed>();
  const add = (list: readonly RequiresSelection[]): void => {
    for (const selection of list) {
      if (selection.kind === 'Field') {
        const key = selection.alias ?? selection.name;
        const selections = [...(fields.get(key)?.selections ?? []), ...(selection.selections ?? [])];
        fields.set(key, { name: selection.name, selections });
      } else if (selection.kind === 'InlineFragment') {
        if (admittedNames([selection.typeCondition], possible).has(name)) add(selection.selections);
      }
    }
  };
  add(selections);
  return fields;
}

function literal(fields: ReadonlyMap<string, Needed>, typename: unknown, possible: PossibleTypes): Project {
  if (fields.size === 0) return () => undefined;
  const nested: ((value: unknown) => unknown)[] = [];
  const reads: string[] = [];
  const entries: string[] = [];
  let index = 0;
  for (const [key, { name, selections }] of fields) {
    const known = key === '__typename' && typename !== undefined;
    const value = known ? JSON.stringify(typename) : read('entity', key);
    const text =
      selections.length === 0 ? value : `nested[${nested.push(below(selections, possible)) - 1}](${value})`;
    reads.push(`const v${index} = ${text}; if (v${index} === undefined) return undefined;`);
    entries.push(`${JSON.stringify(name)}: v${index}`);
    index += 1;
  }
  return evaluate(`return (entity) => { ${reads.join('\n')} return { ${entries.join(', ')} }; };`, {
    nested,
  }) as Project;
}

function below(
  selections: readonly RequiresSelection[],
  possible: PossibleTypes,
): (value: unknown) => unknown {
  const project = projector(selections, possible);
  return function one(value: unknown): unknown {
    if (value === null || value === undefined) return value;
    if (!Array.isArray(value)) return isObject(value) ? project(value) : undefined;
    const list = value.map(one);
    return list.includes(undefined) ? undefined : list;
  };
}

function identity(requires: readonly RequiresSelection[]): Projection['identity'] {
  const keys = new Set(
    requires.flatMap((part) =>
      part.kind !== 'InlineFragment'
        ? ['']
        : part.selections.map((field) => (field.kind === 'Field' && !field.selections ? field.name : '')),
    ),
  );
  keys.delete('__typename');
  const [only, second] = keys;
  if (only === undefined || only === '' || second !== undefined) return JSON.stringify;
  return (representation) => {
    const value = representation[only];
    // A type name never begins like JSON does, so the two forms cannot meet.
    return typeof value === 'string'
      ? `${String(representation.__typename)} ${value}`
      : JSON.stringify(representation);
  };
}

function blocked(
  failures: Failures,
  entity: Data,
  selections: readonly RequiresSelection[],
  possible: PossibleTypes,
): Missing | undefined {
  const name = entity.__typename ?? onlyType(selections);
  for (const [key, needed] of fieldsOf(selections, name, possible)) {
    const value = entity[key];
    const found =
      value === null || value === undefined
        ? reason(failures, entity, key)
        : blockedBelow(failures, value, needed.selections, possible);
    if (found) return found;
  }
  return undefined;
}

function blockedBelow(
  failures: Failures,
  value: unknown,
  selections: readonly RequiresSelection[],
  possible: PossibleTypes,
): Missing | undefined {
  if (selections.length === 0) return undefined;
  if (isObject(value)) return blocked(failures, value, selections, possible);
  if (!Array.isArray(value)) return undefined;
  for (const [index, item] of value.entries()) {
    const found =
      item === null ? reason(failures, value, index) : blockedBelow(failures, item, selections, possible);
    if (found) return found;
  }
  return undefined;
}
