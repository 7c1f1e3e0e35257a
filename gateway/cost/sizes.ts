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
const unsaid = 10;

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

  /** The value of an argument that is a scalar. */
  function valueOf(value: ValueNode, variables: Variables): unknown {
    if (value.kind !== Kind.VARIABLE) return valueFromASTUntyped(value);
    const name = value.name.value;
    return Object.hasOwn(variables, name) ? variables[name] : defaults.get(name);
  }

  /** How many items the arguments of a field ask for, the largest number where several do. */
  function asked(node: FieldNode, field: Field, declared: ListSize | undefined): Count {
    // Where the contract names no arguments those count that lists usually have.
    const slicing = declared && declared.slicing.length > 0 ? declared.slicing : convention.slicing;
    const said = field.args
      .filter(({ name }) => slicing.includes(name))
      .map(({ name, defaultValue }) => ({
        value: node.arguments?.find((one) => one.name.value === name)?.value,
        otherwise: sizeIn(defaultValue),
      }));
    const defaults = said.flatMap(({ otherwise }) => otherwise ?? []);
    const most = (variables: Variables): number => {
      const sizes = said.flatMap(({ value, otherwise }) => {
        const given = value && valueOf(value, variables);
        // An argument that is null says nothing; one that is not given is its default.
        return (given === undefined ? otherwise : sizeIn(given)) ?? [];
      });
      const told = sizes.length === 0 ? defaults : sizes;
      return told.length === 0 ? (declared?.assumed ?? unsaid) : Math.max(...told);
    };
    return said.some(({ value }) => value?.kind === Kind.VARIABLE) ? most : most({});
  }

  return {
    /** Items of a field that is a list. */
    list(node: FieldNode, field: Field, declared: ListSize | undefined, around: Sized | undefined): Count {
      return !declared && around?.names.has(field.name) === true ? around.size : asked(node, field, declared);
    },
    /** Lists below a field that is an object; undefined where the field says nothing of them. */
    below(node: FieldNode, field: Field, declared: ListSize | undefined): Sized | undefined {
      const sized = declared?.sized ?? [];
      if (sized.length > 0) return { names: new Set(sized), size: asked(node, field, declared) };
      return isConnection(field)
        ? { names: new Set(convention.sized), size: asked(node, field, declared) }
        : undefined;
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
        conditions.every(({ condition, wanted }) => (valueOf(condition, variables) === true) === wanted)
          ? 1
          : 0;
    },
  };
}

/** An object with pages, whose arguments say how large they are. */
function isConnection({ args, type }: Field): boolean {
  const named = getNamedType(type);
  if (!isObjectType(named) || !args.some(({ name }) => convention.slicing.includes(name))) return false;
  return convention.sized.some((name) => {
    const list = named.getFields()[name];
    return list !== undefined && isListType(getNullableType(list.type));
  });
}

/** Less than none is none, and pays for nothing else. */
function sizeIn(value: unknown): number | undefined {
  const number = typeof value === 'string' ? NaN : Number(value ?? NaN);
  return Number.isNaN(number) ? undefined : Math.max(0, number);
}
