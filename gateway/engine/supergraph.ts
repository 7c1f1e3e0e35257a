import {
  buildASTSchema,
  Kind,
  parse,
  validateSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  type TypeDefinitionNode,
} from 'graphql';
import { Failure } from '../../runtime/failure.ts';
import { readingsOf, type Reading } from '../../schema/readings.ts';
import { visibleDefinitions } from './public-schema.ts';
import { readRequirements, type Requirements } from './requirements.ts';

/** What is read out of a supergraph besides its plans. */
export interface Supergraph {
  /** What clients may see and ask for: no `join__` machinery, nothing `@inaccessible`. */
  readonly schema: GraphQLSchema;
  /** The same with everything that is `@inaccessible`: subgraphs may need it of each other. */
  readonly full: GraphQLSchema;
  readonly requirements: Requirements;
  /** What it takes to read the fields of what clients may see. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** In the order of `join__Graph`; `url` may be empty for a subgraph that runs in this process. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  /** Names of the object types that a type condition admits, for every object, interface and union, inaccessible ones too. */
  readonly possibleTypes: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads a composed Federation 2 supergraph; anything else is refused with INVALID_SUPERGRAPH. */
export function readSupergraph(text: string): Supergraph {
  const document = parsed(text);
  const subgraphs = graphs(document);
  const { definitions, all, inaccessible } = visibleDefinitions(document);
  const schema = built(definitions);
  const [error] = validateSchema(schema);
  if (error)
    throw refusal('The public part of the supergraph is not a valid schema; compose it again.', error);
  const possible = possibleTypes(document);
  const requirements = readRequirements(document, possible, inaccessible);
  const readings = readingsOf(document);
  return { schema, full: built(all), subgraphs, requirements, readings, possibleTypes: possible };
}

function parsed(text: string): DocumentNode {
  try {
    return parse(text, { noLocation: true });
  } catch (cause) {
    throw refusal('The supergraph is not valid GraphQL; give the file that composition wrote.', cause);
  }
}

function graphs(document: DocumentNode): Supergraph['subgraphs'] {
  const definition = document.definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph',
  );
  const values = definition?.kind === Kind.ENUM_TYPE_DEFINITION ? (definition.values ?? []) : [];
  const found = values.map((value) => {
    const graph = value.directives?.find((directive) => directive.name.value === 'join__graph');
    const name = graph && text(graph, 'name');
    if (name === undefined)
      throw refusal(`The supergraph does not say which subgraph ${value.name.value} is.`);
    return { name, url: (graph && text(graph, 'url')) ?? '' };
  });
  if (found.length === 0) {
    throw refusal(
      'The text is a schema but not a supergraph: it names no subgraphs. Compose the subgraphs first.',
    );
  }
  return found;
}

function text(directive: ConstDirectiveNode, argument: string): string | undefined {
  const value = directive.arguments?.find((node) => node.name.value === argument)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function built(definitions: readonly DefinitionNode[]): GraphQLSchema {
  try {
    return buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true });
  } catch (cause) {
    throw refusal('The supergraph is not a valid schema; compose it again.', cause);
  }
}

function possibleTypes(document: DocumentNode): Map<string, Set<string>> {
  const possible = new Map<string, Set<string>>();
  const admit = (condition: string, name: string): void => {
    const names = possible.get(condition);
    if (names) names.add(name);
    else possible.set(condition, new Set([name]));
  };
  for (const node of document.definitions as readonly TypeDefinitionNode[]) {
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION) {
      admit(node.name.value, node.name.value);
      for (const implemented of node.interfaces ?? []) admit(implemented.name.value, node.name.value);
    } else if (node.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const member of node.types ?? []) admit(node.name.value, member.name.value);
    }
  }
  return possible;
}

function refusal(message: string, cause?: unknown): Failure {
  return new Failure('INVALID_SUPERGRAPH', message, { cause });
}
