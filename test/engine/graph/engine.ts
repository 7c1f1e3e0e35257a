import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createEngine, type Engine, type EngineOptions } from '../../../gateway/engine/index.ts';
import { requestContext, type Observation, type RequestContext } from '../../../runtime/context.ts';
import { localSubgraph, type Subgraph } from '../../../runtime/executor.ts';
import { composed, linked } from './subgraphs.ts';

/** SDL without the federation link, and resolvers. */
export interface Part {
  readonly sdl: string;
  readonly resolvers?: Readonly<Record<string, unknown>>;
}

/** What a subgraph was asked, in order. */
export interface Call {
  readonly system: string;
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Answered {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly refused: boolean;
}

export interface Graph {
  readonly engine: Engine;
  readonly calls: Call[];
  readonly ask: (document: string, variables?: unknown, context?: RequestContext) => Promise<Answered>;
}

/** An engine over subgraphs in this process; `replaced` stands in for some of them. */
export function graphOf(
  parts: Readonly<Record<string, Part>>,
  replaced: Readonly<Record<string, Subgraph>> = {},
  options: Partial<EngineOptions> = {},
): Graph {
  const calls: Call[] = [];
  const sdls = Object.fromEntries(Object.entries(parts).map(([name, { sdl }]) => [name, linked(sdl)]));
  const subgraph = (name: string): Subgraph => {
    const schema = { typeDefs: parse(sdls[name] ?? ''), resolvers: (parts[name]?.resolvers ?? {}) as never };
    return replaced[name] ?? localSubgraph(name, buildSubgraphSchema([schema]));
  };
  const engine = createEngine({
    supergraph: composed(sdls),
    subgraphs: (name) => recorded(subgraph(name), calls),
    ...options,
  });
  return {
    engine,
    calls,
    async ask(document, variables, context = aContext()) {
      const operation = engine.prepare(document);
      if ('errors' in operation) return { ...operation, refused: true };
      const answer = await operation.run(variables, context);
      if ('errors' in answer) return { ...answer, refused: true };
      return { ...(JSON.parse(answer.body) as Omit<Answered, 'refused'>), refused: false };
    },
  };
}

/** A context that nobody aborts. */
export function aContext(observe?: (observation: Observation) => void, signal?: AbortSignal): RequestContext {
  return requestContext({
    correlationId: 'c',
    timeout: 10_000,
    signal: signal ?? new AbortController().signal,
    ...(observe ? { observe } : {}),
  });
}

function recorded(subgraph: Subgraph, calls: Call[]): Subgraph {
  return {
    ...subgraph,
    prepare(operation, operationName) {
      const prepared = subgraph.prepare(operation, operationName);
      return (variables, context) => {
        calls.push({ system: subgraph.name, operation, variables: structuredClone(variables) });
        return prepared(variables, context);
      };
    },
  };
}
