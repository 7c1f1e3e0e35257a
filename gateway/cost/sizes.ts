import {
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type FieldNode,
  type GraphQLField,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';
import type { Count, Variables } from './count.ts';
import type { ListSize } from './declared.ts';

/** Items of a list of which nothing is said. */
export const unsaid = 10;

/** Arguments and lists by which connections and pages are known, as Relay names them. */
const convention = { slicing: ['first', 'last'], sized: ['edges', 'nodes'] };

/** Lists below an object that are as long as its field said. */
export interface Sized {
  readonly names: ReadonlySet<string>;
  readonly size: Count;
}

type Field = GraphQLField<unknown, unknown>;

/** How long the lists of one operation may be; what depends on variables is a function of them. */
export function sizesOf({ variableDefinitions }: OperationDefinitionNode) {
  const defaults = new Map(
    variableDefinitions?.map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue && valueFromASTUntyped(defaultValue),
    ]),
  );

  /** What an argument says, NaN where nothing; undefined where there is no such argument. */
  function said(node: FieldNode, field: Field, path: string): Count | undefined {
    const [name = '', ...inner] = path.split('.');
    const definition = field.args.find((one) => one.name === name);
    if (!definition) return undefined;
    const fallback = lengthOf(inside(definition.defaultValue, inner)) ?? NaN;
    const value = node.arguments?.find((one) => one.name.value === name)?.value;
    if (value === undefined || !hasVariables(value))
      return lengthOf(inside(value && valueFromASTUntyped(value), inner)) ?? fallback;
    return (variables) => lengthOf(inside(resolved(value, variables), inner)) ?? fallback;
  }

  function resolved(value: ValueNode, variables: Variables): unknown {
    if (value.kind !== Kind.VARIABLE)
      return valueFromASTUntyped(value, { ...Object.fromEntries(defaults), ...variables });
    const name = value.name.value;
    return Object.hasOwn(variables, name) ? variables[name] : defaults.get(name);
  }

  function largest(node: FieldNode, field: Field, declared: ListSize | undefined): Count {
    const assumed = declared?.assumed ?? unsaid;
    // Where the contract names no arguments those count that lists usually have.
    const slicing = declared && declared.slicing.length > 0 ? declared.slicing : convention.slicing;
    const counts = slicing.flatMap((path) => said(node, field, path) ?? []);
    if (counts.length === 0) return assumed;
    const most = (numbers: readonly number[]): number => {
      const told = numbers.filter((number) => !Number.isNaN(number));
      return told.length === 0 ? assumed : Math.max(...told);
    };
    const known = counts.filter((count) => typeof count === 'number');
    if (known.length === counts.length) return most(known);
    return (variables) => most(counts.map((count) => (typeof count === 'number' ? count : count(variables))));
  }

  return {
    /** Items of a field that is a list. */
    list(node: FieldNode, field: Field, declared: ListSize | undefined, around: Sized | undefined): Count {
      return !declared && around?.names.has(field.name) === true
        ? around.size
        : largest(node, field, declared);
    },
    /** Lists below a field that is an object; undefined where the field says nothing of them. */
    below(node: FieldNode, field: Field, declared: ListSize | undefined): Sized | undefined {
      const sized = declared?.sized ?? [];
      if (sized.length > 0) return { names: new Set(sized), size: largest(node, field, declared) };
      if (!field.args.some(({ name }) => convention.slicing.includes(name)) || !isConnection(field))
        return undefined;
      return {
        names: new Set(convention.sized),
        size: largest(node, field, declared),
      };
    },
    /** 0 where `@skip` or `@include` leave it out, else 1. */
    present({ directives = [] }: Pick<FieldNode, 'directives'>): Count {
      const conditions = directives.flatMap(({ name, arguments: given }) => {
        const condition = given?.find((one) => one.name.value === 'if')?.value;
        const wanted = name.value === 'include' ? true : name.value === 'skip' ? false : undefined;
        return condition && wanted !== undefined ? [{ condition, wanted }] : [];
      });
      if (conditions.length === 0) return 1;
      return (variables) =>
        conditions.every(({ condition, wanted }) => (resolved(condition, variables) === true) === wanted)
          ? 1
          : 0;
    },
  };
}

function isConnection({ type }: Field): boolean {
  const named = getNamedType(type);
  if (!isObjectType(named)) return false;
  return convention.sized.some((name) => {
    const list = named.getFields()[name];
    return list !== undefined && isListType(getNullableType(list.type));
  });
}

/** A number says how long, a list is as long as it is; nothing says less than none. */
function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' ? Math.max(0, value) : undefined;
}

function inside(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (within, name) =>
      typeof within === 'object' && within !== null && Object.hasOwn(within, name)
        ? (within as Variables)[name]
        : undefined,
    value,
  );
}

function hasVariables(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(hasVariables);
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariables(field.value));
}
