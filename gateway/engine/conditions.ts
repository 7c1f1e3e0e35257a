import {
  Kind,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';

/** Values of the variables that `@skip` and `@include` look at. */
export type Conditions = ReadonlyMap<string, boolean>;

/** Names of the operation's variables that decide a `@skip` or `@include`, in the order of their definition. */
export function conditionNames(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly string[] {
  const used = new Set<string>();
  visit(document, {
    Directive(node) {
      const value = isCondition(node) ? node.arguments?.[0]?.value : undefined;
      if (value?.kind === Kind.VARIABLE) used.add(value.name.value);
    },
  });
  return (operation.variableDefinitions ?? [])
    .map((definition) => definition.variable.name.value)
    .filter((name) => used.has(name));
}

/** Whether a selection is part of the answer when the conditions have these values. */
export function isIncluded(selection: SelectionNode, conditions: Conditions): boolean {
  return (selection.directives ?? []).filter(isCondition).every((directive) => {
    const value = directive.arguments?.[0]?.value;
    const holds =
      value?.kind === Kind.VARIABLE
        ? conditions.get(value.name.value) === true
        : value?.kind === Kind.BOOLEAN && value.value;
    return holds === (directive.name.value === 'include');
  });
}

function isCondition(directive: DirectiveNode): boolean {
  return directive.name.value === 'skip' || directive.name.value === 'include';
}
