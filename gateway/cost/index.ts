import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  parse,
  typeFromAST,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { sum, times, valueOf, type Count, type Variables } from './count.ts';
import { declaredCosts } from './declared.ts';
import { sizesOf, type Sized } from './sizes.ts';

/**
 * What an operation costs at most with these variables, as the client sent them: at least 1. Objects cost 1, scalars and
 * enums 0, unless the contract says otherwise with `@cost`; a list costs its length times what it holds, where its length
 * is what `@listSize` says, else what `first` or `last` ask for, else 10. A root field of a mutation costs 10 more.
 * Alternatives of fragments are added up: it is never more than that, and may be less.
 */
export type Cost = (variables: Variables | null | undefined) => number;

/** Finds the costs of the operations of one supergraph; each once, when it is prepared. */
export function costs(supergraph: string, schema: GraphQLSchema) {
  const declared = declaredCosts(parse(supergraph, { noLocation: true }));

  return (document: DocumentNode, operation: OperationDefinitionNode): Cost => {
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    const sizes = sizesOf(operation);

    /** Fragments that stand several times at one place are counted once; `sized` is the place. */
    const counted = new Map<Sized | undefined, Map<string, Count>>();

    function fragment(name: string, sized: Sized | undefined): Count {
      const here = counted.get(sized) ?? new Map<string, Count>();
      counted.set(sized, here);
      const known = here.get(name);
      if (known !== undefined) return known;
      const definition = fragments.get(name);
      const type = definition && typeFromAST(schema, definition.typeCondition);
      const count =
        isCompositeType(type) && definition ? selections(definition.selectionSet, type, sized) : 0;
      here.set(name, count);
      return count;
    }

    function selections(set: SelectionSetNode, type: GraphQLCompositeType, sized: Sized | undefined): Count {
      const counts = set.selections.map((node) => {
        const present = sizes.present(node);
        if (node.kind === Kind.FIELD) return times(present, field(node, type, sized));
        if (node.kind === Kind.FRAGMENT_SPREAD) return times(present, fragment(node.name.value, sized));
        const condition = node.typeCondition && typeFromAST(schema, node.typeCondition);
        return times(
          present,
          selections(node.selectionSet, isCompositeType(condition) ? condition : type, sized),
        );
      });
      return sum(counts);
    }

    function field(node: FieldNode, parent: GraphQLCompositeType, around: Sized | undefined): Count {
      const name = node.name.value;
      if (name.startsWith('__')) return name === '__typename' ? 0 : introspection;
      const definition =
        isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
      if (!definition) return 0;
      const said = declared.field(parent.name, name);
      const given = node.arguments?.map((one) => said?.arguments.get(one.name.value) ?? 0) ?? [];
      const type = getNamedType(definition.type);
      const own = said?.weight ?? declared.type(type.name) ?? (isCompositeType(type) ? 1 : 0);
      const below =
        node.selectionSet && isCompositeType(type)
          ? selections(node.selectionSet, type, sizes.below(node, definition, said?.list))
          : 0;
      const one = sum([own, below]);
      const list = isListType(getNullableType(definition.type));
      const all = list ? times(sizes.list(node, definition, said?.list, around), one) : one;
      return sum([all, ...given, parent === schema.getMutationType() ? mutation : 0]);
    }

    const root = schema.getRootType(operation.operation);
    const total = root ? selections(operation.selectionSet, root, undefined) : 0;
    return (variables) => Math.max(1, valueOf(total, variables ?? none));
  };
}

const none: Variables = {};
/** The whole schema at once, which is at hand. */
const introspection = 100;
/** Something is written. */
const mutation = 10;
