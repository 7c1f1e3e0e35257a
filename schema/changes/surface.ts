import {
  DirectiveLocation,
  isSpecifiedDirective,
  OperationTypeNode,
  type GraphQLDirective,
  type GraphQLSchema,
} from 'graphql';
import { change, compareNamed, documentationChanges, type Change, type Impact } from './change.ts';
import { argumentChanges } from './inputs.ts';

/** Changes of the types in which operations begin. */
export function rootChanges(old: GraphQLSchema, next: GraphQLSchema): readonly Change[] {
  return compareNamed(roots(old), roots(next), {
    removed: (operation) =>
      change(operation, 'ROOT_REMOVED', 'BREAKING', `There is no ${operation} operation any more.`),
    added: (operation) => change(operation, 'ROOT_ADDED', 'SAFE', `There are ${operation} operations now.`),
    kept: (operation, was, is) =>
      was === is
        ? []
        : change(operation, 'ROOT_CHANGED', 'BREAKING', `It begins in ${is}, no longer in ${was}.`),
  });
}

/** Changes of directives; those that no operation can carry are of no consequence to a client. */
export function directiveChanges(old: GraphQLSchema, next: GraphQLSchema): readonly Change[] {
  return compareNamed(directives(old), directives(next), {
    removed: (name, { locations }) =>
      change(name, 'DIRECTIVE_REMOVED', locations.some(isExecutable) ? 'BREAKING' : 'SAFE', 'It is gone.'),
    added: (name) => change(name, 'DIRECTIVE_ADDED', 'SAFE', 'The directive is new.'),
    kept: (name, was, is) => keptDirective(name, was, is),
  });
}

function keptDirective(name: string, was: GraphQLDirective, is: GraphQLDirective): readonly Change[] {
  const executable = was.locations.some(isExecutable);
  const worst: Impact = executable ? 'BREAKING' : 'SAFE';
  return [
    ...was.locations
      .filter((location) => !is.locations.includes(location))
      .flatMap((location) =>
        change(
          name,
          'DIRECTIVE_LOCATION_REMOVED',
          isExecutable(location) ? 'BREAKING' : 'SAFE',
          `It may no longer stand on ${location}.`,
        ),
      ),
    ...is.locations
      .filter((location) => !was.locations.includes(location))
      .flatMap((location) =>
        change(name, 'DIRECTIVE_LOCATION_ADDED', 'SAFE', `It may stand on ${location} now.`),
      ),
    ...(was.isRepeatable && !is.isRepeatable
      ? change(name, 'DIRECTIVE_REPEATABLE_REMOVED', worst, 'It may no longer be repeated.')
      : []),
    ...(!was.isRepeatable && is.isRepeatable
      ? change(name, 'DIRECTIVE_REPEATABLE_ADDED', 'SAFE', 'It may be repeated now.')
      : []),
    ...argumentChanges(name, was.args, is.args).map((found): Change =>
      executable ? found : { ...found, impact: 'SAFE' },
    ),
    ...documentationChanges(name, was, is),
  ];
}

function roots(schema: GraphQLSchema): readonly (readonly [string, string])[] {
  return Object.values(OperationTypeNode).flatMap((operation) => {
    const root = schema.getRootType(operation);
    return root ? [[operation, root.name] as const] : [];
  });
}

function directives(schema: GraphQLSchema): readonly (readonly [string, GraphQLDirective])[] {
  return schema
    .getDirectives()
    .filter((directive) => !isSpecifiedDirective(directive))
    .map((directive) => [`@${directive.name}`, directive]);
}

const executableLocations: ReadonlySet<DirectiveLocation> = new Set([
  DirectiveLocation.QUERY,
  DirectiveLocation.MUTATION,
  DirectiveLocation.SUBSCRIPTION,
  DirectiveLocation.FIELD,
  DirectiveLocation.FRAGMENT_DEFINITION,
  DirectiveLocation.FRAGMENT_SPREAD,
  DirectiveLocation.INLINE_FRAGMENT,
  DirectiveLocation.VARIABLE_DEFINITION,
]);

function isExecutable(location: DirectiveLocation): boolean {
  return executableLocations.has(location);
}
