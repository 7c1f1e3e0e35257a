import {
  Kind,
  type DirectiveNode,
  type ValueNode,
  type DocumentNode,
  type FieldDefinitionNode,
} from 'graphql';
import { linksOf, localName } from '../engine/links.ts';

/** How long a list may be, as `@listSize` says it. */
export interface ListSize {
  readonly assumed: number | undefined;
  /** Arguments that say how long. */
  readonly slicing: readonly string[];
  /** Lists of the field's own object that are meant, where it is not one itself. */
  readonly sized: readonly string[];
}

/** What a contract says of one field by federation's `@cost` and `@listSize`. */
export interface DeclaredField {
  readonly weight?: number;
  /** Weights of arguments that are given, by name. */
  readonly arguments: ReadonlyMap<string, number>;
  readonly list?: ListSize;
}

/** What the contracts of a supergraph say of costs. */
export interface Declared {
  /** Weight of a type, where it has one. */
  type(name: string): number | undefined;
  field(type: string, name: string): DeclaredField | undefined;
}

interface Marked {
  readonly directives?: readonly DirectiveNode[] | undefined;
}

/** Reads the directives of the specification `cost`, whatever the supergraph calls them. */
export function declaredCosts(supergraph: DocumentNode): Declared {
  const types = new Map<string, number>();
  const fields = new Map<string, DeclaredField>();
  const link = linksOf(supergraph).find(({ specification }) => specification === 'cost');
  if (!link) return { type: () => undefined, field: () => undefined };
  const [cost, listSize] = [localName(link, 'cost'), localName(link, 'listSize')];
  const weightOf = (node: Marked): number | undefined => numberOf(valuesOf(node, cost)?.get('weight'));

  const declared = (node: FieldDefinitionNode): DeclaredField => {
    const [weight, list] = [weightOf(node), valuesOf(node, listSize)];
    const weights = (node.arguments ?? []).flatMap((argument) => {
      const own = weightOf(argument);
      return own === undefined ? [] : ([[argument.name.value, own]] as const);
    });
    return {
      ...(weight === undefined ? {} : { weight }),
      ...(list && { list: listOf(list) }),
      arguments: new Map(weights),
    };
  };

  for (const node of supergraph.definitions) {
    if (!('name' in node && 'directives' in node)) continue;
    const name = node.name.value;
    const weight = weightOf(node);
    if (weight !== undefined) types.set(name, weight);
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of node.fields ?? []) {
      const found = declared(field);
      if (found.weight !== undefined || found.list || found.arguments.size > 0)
        fields.set(`${name}.${field.name.value}`, found);
    }
  }
  return { type: (name) => types.get(name), field: (type, name) => fields.get(`${type}.${name}`) };
}

function listOf(values: ReadonlyMap<string, ValueNode>): ListSize {
  return {
    assumed: numberOf(values.get('assumedSize')),
    slicing: textsOf(values.get('slicingArguments')),
    sized: textsOf(values.get('sizedFields')),
  };
}

function valuesOf(node: Marked, directive: string): ReadonlyMap<string, ValueNode> | undefined {
  const found = node.directives?.find(({ name }) => name.value === directive);
  return found && new Map(found.arguments?.map(({ name, value }) => [name.value, value]));
}

/** Weights of the specification's first version are texts. */
function numberOf(node: ValueNode | undefined): number | undefined {
  if (node?.kind !== Kind.INT && node?.kind !== Kind.STRING) return undefined;
  const number = Number(node.value);
  return Number.isFinite(number) ? number : undefined;
}

function textsOf(node: ValueNode | undefined): readonly string[] {
  return node?.kind === Kind.LIST
    ? node.values.flatMap((one) => (one.kind === Kind.STRING ? [one.value] : []))
    : [];
}
