import { createSourceEventStream, execute, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { isCompilable } from './compilable.ts';
import type { RequestContext } from './context.ts';
import { Failure } from './failure.ts';
import type { HttpAnswer, Open, Post } from './http.ts';
import { remoteEvents, remoteStream } from './remote-stream.ts';
import { failed, late, unreachable, type SubgraphError, type SubgraphResult } from './result.ts';
import { takeOver } from './settled.ts';
import type { PreparedStream } from './stream.ts';

export type { SubgraphError, SubgraphResult } from './result.ts';

/** One operation of one subgraph, prepared once and run with the variables of each request. Never rejects. */
export type PreparedFetch = (
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<SubgraphResult> | SubgraphResult;

/** The seam between the engine and a subgraph. Whether it is in this process or elsewhere is known only here. */
export interface Subgraph {
  /** As in the supergraph's `join__Graph`. */
  readonly name: string;
  /** Compiles an operation; the engine calls it once per fetch node of a plan. */
  prepare(operation: string, operationName?: string): PreparedFetch;
  /** The same for a subscription; absent where the subgraph has none. */
  subscribe?(operation: string, operationName?: string): PreparedStream;
}

/**
 * A subgraph in this process: no HTTP, and nothing printed or parsed per request. Takes the schema over, and expects of
 * it what compiled operations need: a field without a resolver is a plain property (no function, no promise), and
 * types of interfaces and unions are resolved without a promise.
 */
export function localSubgraph(name: string, schema: GraphQLSchema): Subgraph {
  takeOver(schema);
  return {
    name,
    prepare(operation, operationName) {
      const document = parse(operation, { noLocation: true });
      const run = runnable(name, schema, document, operationName);
      return (variables, context) => run(undefined, variables, context);
    },
    subscribe(operation, operationName) {
      const document = parse(operation, { noLocation: true });
      const run = runnable(name, schema, document, operationName);
      return async (variableValues, contextValue) => {
        try {
          const source = { schema, document, operationName, variableValues, contextValue };
          const begun = await createSourceEventStream(source);
          if (!(Symbol.asyncIterator in begun)) return begun;
          return { events: begun, resolve: (event, context) => run(event, variableValues, context) };
        } catch (fault) {
          return failed(name, fault);
        }
      };
    },
  };
}

/** An operation that is run on a root value, which is an event in a subscription. */
type Run = (
  root: unknown,
  ...parameters: Parameters<PreparedFetch>
) => Promise<SubgraphResult> | SubgraphResult;

function runnable(
  name: string,
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): Run {
  const run = compiled(schema, document, operationName) ?? interpreted(schema, document, operationName);
  return (root, variables, context) => {
    try {
      const result = run(root, variables, context);
      return result instanceof Promise ? result.catch((fault: unknown) => failed(name, fault)) : result;
    } catch (fault) {
      return failed(name, fault);
    }
  };
}

/** Undefined for an operation that cannot be compiled. */
function compiled(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): Run | undefined {
  if (!isCompilable(schema, document)) return undefined;
  const operation = compileQuery(schema, document, operationName, { disablingCapturingStackErrors: true });
  if (!isCompiledQuery(operation)) return undefined;
  return (root, variables, context) => operation.query(root, context, variables);
}

/** For operations that cannot be compiled. */
function interpreted(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): Run {
  return (rootValue, variableValues, contextValue) =>
    execute({ schema, document, operationName, rootValue, variableValues, contextValue });
}

export interface RemoteOptions {
  readonly post: Post;
  /** For subscriptions; without it there are none. */
  readonly open?: Open;
  /** Headers besides the usual ones, e.g. a signed pass; asked for each request. */
  readonly headers?: (context: RequestContext) => Promise<Readonly<Record<string, string>>>;
  /** Wraps every call, e.g. to break the circuit; `run` rejects with a Failure. Only queries may be tried again. */
  readonly guard?: <T>(
    context: RequestContext,
    run: (signal: AbortSignal) => Promise<T>,
    options: { readonly retry: boolean },
  ) => Promise<T>;
}

/** A subgraph elsewhere, asked over HTTP. Its failures are coded with its name; hosts and causes are not told. */
export function remoteSubgraph(name: string, url: string, options: RemoteOptions): Subgraph {
  const target = new URL(url);
  const events = remoteEvents();
  return {
    name,
    prepare(operation, operationName) {
      const head = requestHead(operation, operationName);
      const retry = !/^\s*mutation\b/.test(operation);
      const { guard } = options;
      return async (variables, context) => {
        const body = `${head}${JSON.stringify(variables)}}`;
        const run = (signal: AbortSignal): Promise<SubgraphResult> =>
          ask(name, target, body, { context, signal }, options);
        try {
          return await (guard ? guard(context, run, { retry }) : run(context.signal));
        } catch (fault) {
          return failed(name, fault);
        }
      };
    },
    subscribe(operation, operationName) {
      const head = requestHead(operation, operationName);
      return async (variables, context) => {
        try {
          const sent = await headersFor(context, 'text/event-stream', options);
          const body = `${head}${JSON.stringify(variables)}}`;
          return await remoteStream(
            { name, url: target, headers: sent, body, open: options.open, events },
            context,
          );
        } catch (fault) {
          return failed(name, fault);
        }
      };
    },
  };
}

/** The body of a request up to its variables. */
function requestHead(operation: string, operationName: string | undefined): string {
  const named = operationName === undefined ? '' : `"operationName":${JSON.stringify(operationName)},`;
  return `{"query":${JSON.stringify(operation)},${named}"variables":`;
}

async function headersFor(
  context: RequestContext,
  accept: string,
  { headers }: RemoteOptions,
): Promise<Readonly<Record<string, string>>> {
  return {
    'content-type': 'application/json',
    accept,
    'x-correlation-id': context.correlationId,
    ...(context.traceparent === null ? {} : { traceparent: context.traceparent }),
    ...(context.idempotencyKey === null ? {} : { 'idempotency-key': context.idempotencyKey }),
    ...(await headers?.(context)),
  };
}

async function ask(
  name: string,
  url: URL,
  body: string,
  { context, signal }: { readonly context: RequestContext; readonly signal: AbortSignal },
  options: RemoteOptions,
): Promise<SubgraphResult> {
  const timeout = context.deadline - Date.now();
  if (timeout <= 0) throw late(name);
  const accept = 'application/graphql-response+json, application/json;q=0.9';
  const sent = await headersFor(context, accept, options);
  let answer: HttpAnswer;
  try {
    answer = await options.post(url, sent, body, { timeout, signal });
  } catch (cause) {
    throw signal.aborted || Date.now() >= context.deadline ? late(name, cause) : unreachable(name, cause);
  }
  return resultOf(name, answer);
}

function resultOf(name: string, { status, headers, text }: HttpAnswer): SubgraphResult {
  if (status === 429) {
    throw new Failure('RATE_LIMITED', `${name} takes no more requests now; try again later.`, {
      system: name,
      ...retryAfter(headers['retry-after']),
    });
  }
  const result = status === 503 ? undefined : graphqlResult(headers['content-type'], text);
  const ok = status >= 200 && status < 300;
  // Outside 2xx only errors count: a specification-following server sends a refused request that way.
  if (result && (ok || result.data === undefined || result.data === null)) return result;
  throw new Failure('SYSTEM_UNAVAILABLE', `${name} gave no answer that can be used; try again later.`, {
    system: name,
    ...retryAfter(headers['retry-after']),
  });
}

function graphqlResult(type: string | undefined, text: string): SubgraphResult | undefined {
  if (!type?.includes('json')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { data, errors } = value as { data?: unknown; errors?: unknown };
  if (data === undefined && errors === undefined) return undefined;
  if (data !== undefined && (typeof data !== 'object' || Array.isArray(data))) return undefined;
  if (errors !== undefined && !isErrors(errors)) return undefined;
  return {
    ...(data === undefined ? {} : { data: data as Record<string, unknown> | null }),
    ...(errors && { errors }),
  };
}

function isErrors(value: unknown): value is SubgraphError[] {
  if (!Array.isArray(value)) return false;
  return value.every((error: unknown) => {
    if (typeof error !== 'object' || error === null || !('message' in error)) return false;
    const { path, extensions } = error as { path?: unknown; extensions?: unknown };
    return (
      (path === undefined || path === null || Array.isArray(path)) &&
      (extensions === undefined || extensions === null || typeof extensions === 'object')
    );
  });
}

/** `Retry-After` in seconds: a number of them, or a date. */
function retryAfter(value: string | undefined): { retryAfter?: number } {
  if (value === undefined || value === '') return {};
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? { retryAfter: Math.max(0, seconds) } : {};
}
