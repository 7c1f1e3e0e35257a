import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';

/** `__proto__` as an alias would set the prototype of the objects that answers are made of. */
export const prototypeAlias: ValidationRule = (context) => ({
  Field(node) {
    if (node.alias?.value !== '__proto__') return;
    context.reportError(
      new GraphQLError('"__proto__" cannot be an alias; choose another name.', { nodes: node }),
    );
  },
});

/** What a subscription is about must not depend on its variables, as the specification of 2025 says. */
export const unconditionalSource: ValidationRule = (context) => ({
  OperationDefinition(operation) {
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return;
    const spread = new Set<string>();
    const conditional = (set: SelectionSetNode): boolean =>
      set.selections.some((selection) => {
        if (selection.directives?.some(({ name: { value } }) => value === 'skip' || value === 'include'))
          return true;
        if (selection.kind === Kind.INLINE_FRAGMENT) return conditional(selection.selectionSet);
        if (selection.kind === Kind.FIELD || spread.has(selection.name.value)) return false;
        spread.add(selection.name.value);
        const fragment = context.getFragment(selection.name.value);
        return fragment ? conditional(fragment.selectionSet) : false;
      });
    if (!conditional(operation.selectionSet)) return;
    const message = 'The field of a subscription cannot have @skip or @include; they may stand below it.';
    context.reportError(new GraphQLError(message, { nodes: operation }));
  },
});

/** Refuses operations that select more fields than this when their fragments are spread out, at any depth. */
export function fieldLimit(limit: number): ValidationRule {
  return (context) => {
    const counts = new Map<FragmentDefinitionNode, number>();
    const count = (set: SelectionSetNode): number => {
      let sum = 0;
      for (const selection of set.selections) {
        if (selection.kind === Kind.FIELD)
          sum += 1 + (selection.selectionSet ? count(selection.selectionSet) : 0);
        else if (selection.kind === Kind.INLINE_FRAGMENT) sum += count(selection.selectionSet);
        else sum += countFragment(context.getFragment(selection.name.value));
        // Beyond the limit the exact number is of no interest, and products of fragments grow without bound.
        if (sum > limit) return sum;
      }
      return sum;
    };
    const countFragment = (fragment: FragmentDefinitionNode | null | undefined): number => {
      if (!fragment) return 0;
      const known = counts.get(fragment);
      if (known !== undefined) return known;
      // Set before it is known, so that a cycle (which another rule refuses) ends.
      counts.set(fragment, 0);
      const counted = count(fragment.selectionSet);
      counts.set(fragment, counted);
      return counted;
    };
    return {
      OperationDefinition(node) {
        if (count(node.selectionSet) <= limit) return;
        const message = `The operation selects more than ${limit} fields; ask for less.`;
        context.reportError(
          new GraphQLError(message, { nodes: node, extensions: { code: 'FIELD_LIMIT_EXCEEDED' } }),
        );
      },
    };
  };
}
