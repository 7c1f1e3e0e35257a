import {
  isAbstractType,
  isCompositeType,
  print,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { fieldOf, possibleNames } from './definitions.ts';
import type { Tree } from './tree.ts';

/** The text of an operation that gathers a tree, as the planner takes it. */
export function documentText(
  schema: GraphQLSchema,
  kind: string,
  operation: OperationDefinitionNode,
  tree: Tree,
): string {
  const used = new Set<string>();
  const body = selectionText(schema, tree, used);
  const definitions = (operation.variableDefinitions ?? [])
    .filter((definition) => used.has(definition.variable.name.value))
    .map((definition) => print({ ...definition, directives: [] }));
  const header = definitions.length === 0 ? '' : `(${definitions.join(', ')})`;
  return `${kind}${header} ${body}`;
}

function selectionText(schema: GraphQLSchema, tree: Tree, used: Set<string>): string {
  const texts = [...tree.fields.values()].map((branch) => {
    for (const variable of branch.variables) used.add(variable);
    const alias = branch.key === branch.name ? '' : `${branch.key}: `;
    const below = branch.below ? ` ${selectionText(schema, branch.below, used)}` : '';
    return `${alias}${branch.name}${branch.arguments}${below}`;
  });
  if (
    !tree.fields.has('__typename') &&
    (texts.length + tree.scopes.size === 0 || needsTypename(schema, tree))
  ) {
    texts.unshift('__typename');
  }
  for (const [name, scope] of tree.scopes) texts.push(`... on ${name} ${selectionText(schema, scope, used)}`);
  return `{ ${texts.join(' ')} }`;
}

/** Where a field's type differs between an interface and its types, the answer depends on the type. */
export function needsTypename(schema: GraphQLSchema, { type, fields, untyped }: Tree): boolean {
  if (!isAbstractType(type) || untyped) return false;
  return [...possibleNames(schema, type)].some((name) => {
    const possible = schema.getType(name);
    if (!isCompositeType(possible)) return false;
    return [...fields.values()].some(
      (branch) =>
        String(fieldOf(schema, possible, branch.name).type) !==
        String(fieldOf(schema, type, branch.name).type),
    );
  });
}
