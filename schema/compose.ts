import { composeServices, compositionHasErrors } from '@theguild/federation-composition';
import type { GraphQLError } from 'graphql';
import { ownDefinitions, type Contract } from './contract.ts';
import { problemAt, type Problem } from './problem.ts';
import { isComposite } from './sdl.ts';

/** What all contracts give together. */
export interface Composed {
  /** For a gateway: every field with the subgraphs that resolve it. */
  readonly supergraph: string;
  /** For a client: the schema without anything that is internal. */
  readonly api: string;
}

/**
 * Composes the contracts into a supergraph. The URL in `join__Graph` is `http://<name>:4000/graphql`: each subgraph
 * on a host of its own name, as in a container network; whoever runs the supergraph elsewhere overrides it.
 * @returns what was composed, or each reason why it could not be, with its place.
 */
export function compose(
  contracts: readonly Contract[],
): Composed | { readonly problems: readonly Problem[] } {
  const result = composeServices(
    contracts.map(({ name, document }) => ({
      name,
      url: `http://${name}:4000/graphql`,
      typeDefs: document,
    })),
  );
  if (compositionHasErrors(result))
    return { problems: result.errors.map((error) => toProblem(error, contracts)) };
  return { supergraph: result.supergraphSdl, api: result.publicSdl };
}

function toProblem(error: GraphQLError, contracts: readonly Contract[]): Problem {
  const code = typeof error.extensions.code === 'string' ? error.extensions.code : 'COMPOSITION_FAILED';
  const message = error.message.replace(/^\[[^\]]+\] /, '');
  const node = error.nodes?.[0];
  if (node?.loc) return problemAt(node, { code, message });
  return placeOf(error, contracts, { code, message });
}

/** Most errors of composition carry no place, but name the field they are about. */
function placeOf(
  { message, extensions }: GraphQLError,
  contracts: readonly Contract[],
  problem: Pick<Problem, 'code' | 'message'>,
): Problem {
  const [coordinate, typeName, fieldName] = /"(\w+)\.(\w+)"/.exec(message) ?? [];
  const named = contracts.filter(
    ({ name }) => name === extensions.subgraphName || message.includes(`"${name}"`),
  );
  for (const contract of named.length > 0 ? named : contracts) {
    for (const type of ownDefinitions(contract).filter(isComposite)) {
      const field = type.fields?.find(({ name }) => name.value === fieldName);
      if (type.name.value !== typeName || !field || !coordinate) continue;
      return problemAt(field, { coordinate: coordinate.replaceAll('"', ''), ...problem });
    }
  }
  return { file: named[0]?.file ?? 'schema', ...problem };
}
