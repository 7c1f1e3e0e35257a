import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  parse,
  validate,
  type GraphQLSchema,
} from 'graphql';
import { requestContext, type RequestContext } from '../context.ts';
import { localSubgraph, type SubgraphError, type SubgraphResult } from '../executor.ts';
import type { Admitted } from '../pass.ts';
import { isStream } from '../stream.ts';
import { running, type Body, type Origin, type Running, type ToldError } from './running.ts';

/** One operation of a caller that was let in. */
export interface SubgraphRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly admitted: Admitted;
  /** What the caller tells of its own caller. */
  readonly told: Partial<RequestContext>;
}

/** The subscriptions of a subgraph that is served apart; whatever else comes the same way is answered, too. */
export interface SubgraphStreams {
  begin(request: SubgraphRequest): Running;
  /** Operations now. */
  readonly active: () => number;
}

type Begin = (request: SubgraphRequest, signal: AbortSignal) => Promise<Origin | readonly ToldError[]>;

/** Operations that are kept prepared. */
const most = 1000;

/** @param timeout milliseconds in which it must begin, and an event must be answered */
export function subgraphStreams(schema: GraphQLSchema, timeout: number): SubgraphStreams {
  const subgraph = localSubgraph('', schema);
  const known = new Map<string, Begin>();
  let active = 0;

  const contextOf = ({ admitted, told }: SubgraphRequest, milliseconds: number, signal: AbortSignal) =>
    requestContext({ ...told, ...admitted, timeout: milliseconds, signal });

  function prepare(query: string, operationName: string | null | undefined): Begin {
    let document;
    try {
      document = parse(query, { maxTokens: 10_000 });
    } catch (error) {
      return refusing([error]);
    }
    const invalid = validate(schema, document);
    if (invalid.length > 0) return refusing(invalid);
    const operation = getOperationAST(document, operationName);
    if (!operation) return refusing([new GraphQLError('The document does not say which operation to run.')]);
    return operation.operation === OperationTypeNode.SUBSCRIPTION
      ? subscription(query, operationName ?? undefined)
      : single(query, operationName ?? undefined);
  }

  function subscription(query: string, operationName: string | undefined): Begin {
    const subscribe = subgraph.subscribe?.(query, operationName);
    return async (request, signal) => {
      const begun = await subscribe?.(request.variables ?? {}, contextOf(request, Infinity, signal));
      if (!begun || !isStream(begun)) return (begun?.errors ?? []).map(toldOf);
      return {
        events: begun.events,
        answer: (event) =>
          inTime(timeout, signal, (over) => begun.resolve(event, contextOf(request, timeout, over))),
        told: (fault) => toldOf(fault),
      };
    };
  }

  function single(query: string, operationName: string | undefined): Begin {
    const run = subgraph.prepare(query, operationName);
    return async (request, signal) => {
      const body = await inTime(timeout, signal, (over) =>
        run(request.variables ?? {}, contextOf(request, timeout, over)),
      );
      return { events: one(body), answer: () => body, told: toldOf };
    };
  }

  return {
    begin(request) {
      const key = `${request.operationName ?? ''}\n${request.query}`;
      active += 1;
      return running({
        begin: (signal) => {
          const begin = known.get(key) ?? prepare(request.query, request.operationName);
          if (known.size >= most) known.clear();
          known.set(key, begin);
          return begin(request, signal);
        },
        timeout,
        ended: () => {
          active -= 1;
        },
      });
    },
    active: () => active,
  };
}

function refusing(errors: readonly unknown[]): Begin {
  const told = errors.map((error): ToldError => ({
    message: error instanceof GraphQLError ? error.message : 'The document cannot be read.',
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  }));
  return () => Promise.resolve(told);
}

async function inTime(
  timeout: number,
  gone: AbortSignal,
  run: (signal: AbortSignal) => Promise<SubgraphResult> | SubgraphResult,
): Promise<Body> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, timeout);
  try {
    const { data, errors } = await run(AbortSignal.any([gone, late.signal]));
    return { text: JSON.stringify({ data, ...(errors?.length ? { errors: errors.map(masked) } : {}) }) };
  } finally {
    clearTimeout(timer);
  }
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* one(body: Body): AsyncGenerator<Body> {
  yield body;
}

/** What is no Failure is told as such and nothing more, also to the gateway. */
function masked(error: SubgraphError): SubgraphError {
  return { ...toldOf(error), ...(error.path ? { path: error.path } : {}) };
}

function toldOf(fault: unknown): ToldError {
  const { message = '', extensions } = (fault ?? {}) as Partial<ToldError>;
  const code = extensions?.code;
  return typeof code !== 'string' || code === 'INTERNAL_SERVER_ERROR'
    ? { message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }
    : { message, extensions: { ...extensions } };
}
