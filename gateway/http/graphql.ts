import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestContext } from '../../runtime/context.ts';
import { securityHeaders } from '../../runtime/security-headers.ts';
import type { Answer, Engine, Operation, Refusal } from '../engine/index.ts';
import { acceptsEvents, isJson, negotiate, type MediaType } from './accept.ts';
import type { Authenticate } from './authentication.ts';
import { readBody } from './body.ts';
import { introduced, type Introduced } from './caller.ts';
import { correlationOf } from './correlation.ts';
import { explanation } from './explain.ts';
import { createOrigins } from './origins.ts';
import { fromBody, fromSearch, type Parameters } from './parameters.ts';
import { patience } from './patience.ts';
import { forgeable } from './preflight.ts';
import { refuse, type HttpRefusal } from './refusal.ts';
import { send, sendRefusal, type Reply } from './respond.ts';
import { withoutSuggestions } from './suggestions.ts';

/** One request that was answered; carries nothing that a caller wrote but a name of an operation that exists. */
export interface Answered extends Refused {
  readonly correlationId: string;
  readonly method: string;
  readonly status: number;
  /** Milliseconds. */
  readonly took: number;
  /** Absent where none was prepared. */
  readonly operation: Pick<Operation, 'kind' | 'name'> | undefined;
}

interface Refused {
  /** Why it was refused. */
  readonly code?: string;
  /** A fault of our own; for the log only. */
  readonly fault?: unknown;
}

export interface GraphqlOptions {
  readonly engine: Engine;
  /** Milliseconds that one request may take. */
  readonly timeout: number;
  /** Largest body in bytes. */
  readonly bodyLimit: number;
  /** Origins whose pages may ask; none by default. */
  readonly origins: readonly string[];
  /** Whether refusals may suggest names of the schema. */
  readonly suggestions: boolean;
  readonly authenticate: Authenticate;
  readonly answered: (answered: Answered) => void;
  /** Answers with a stream of events. */
  readonly events: (exchange: Streamed, parameters: Parameters, caller: Introduced) => void;
}

/** A request that takes a stream of events for an answer. */
export interface Streamed extends Reply {
  readonly request: IncomingMessage;
}

/** Answers a request to the GraphQL path; `search` is the query part of its URL. */
export type GraphqlListener = (request: IncomingMessage, response: ServerResponse, search: string) => void;

interface Exchange extends Reply {
  readonly request: IncomingMessage;
  readonly type: MediaType;
  /** Whether the client takes a stream of events, and whether it takes nothing else. */
  readonly events: 'taken' | 'only' | undefined;
  readonly began: number;
}

const methods = refuse(405, 'METHOD_NOT_ALLOWED', 'Use POST, or GET for a query.', ['allow', 'GET, POST']);
const safeMethods = refuse(405, 'METHOD_NOT_ALLOWED', 'Only queries are taken by GET: use POST.', [
  'allow',
  'POST',
]);
const unacceptable = refuse(
  406,
  'NOT_ACCEPTABLE',
  'Answers are "application/graphql-response+json" or "application/json", and "text/event-stream" for subscriptions: accept one of them.',
);
const unsupported = refuse(
  415,
  'UNSUPPORTED_MEDIA_TYPE',
  'Send the request as "content-type: application/json" in UTF-8, without content encoding.',
);
/** GraphQL over HTTP (the specification of 2025), without a framework. */
export function createGraphqlListener(options: GraphqlOptions): GraphqlListener {
  const origins = createOrigins(options.origins);

  return (request, response, search) => {
    const { headers, method } = request;
    const correlationId = correlationOf(headers);
    const type = negotiate(headers.accept);
    const events = acceptsEvents(headers.accept) ? (type ? 'taken' : 'only') : undefined;
    const acceptable = type !== undefined || events !== undefined;
    const exchange: Exchange = {
      request,
      response,
      correlationId,
      headers: origins.headersFor(headers.origin),
      type: type ?? 'application/json',
      events,
      began: performance.now(),
    };
    if (method === 'POST') {
      if (!acceptable) stop(exchange, unacceptable);
      else if (!isJson(headers['content-type']) || headers['content-encoding'] !== undefined) {
        stop(exchange, unsupported);
      } else {
        admit(exchange, (caller) => {
          readBody(request, options.bodyLimit, (body) => {
            if (typeof body === 'string') answer(exchange, fromBody(body), caller);
            else stop(exchange, body);
          });
        });
      }
    } else if (method === 'GET') {
      const refused = acceptable ? forgeable(headers) : unacceptable;
      if (refused) stop(exchange, refused);
      else
        admit(exchange, (caller) => {
          answer(exchange, fromSearch(search), caller);
        });
    } else if (method === 'OPTIONS') {
      preflight(exchange);
    } else stop(exchange, methods);
  };

  /** Before anything is read or prepared: who may not ask learns nothing, and costs nothing. */
  function admit(exchange: Exchange, go: (caller: Introduced) => void): void {
    const settle = (caller: Introduced | HttpRefusal): void => {
      if (caller.refused) stop(exchange, caller);
      else go(caller);
    };
    const caller = introduced(exchange.request.headers, options.authenticate);
    if (!(caller instanceof Promise)) settle(caller);
    else
      caller.then(settle).catch((fault: unknown) => {
        crash(exchange, fault);
      });
  }

  function answer(exchange: Exchange, parameters: Parameters | HttpRefusal, caller: Introduced): void {
    if (parameters.refused) {
      stop(exchange, parameters);
      return;
    }
    try {
      const operation = options.engine.prepare(parameters.query, parameters.operationName);
      if (isStreamed(exchange, operation)) options.events(exchange, parameters, caller);
      else if ('errors' in operation) {
        const refused = { body: JSON.stringify({ errors: operation.errors }), refused: true };
        finish(exchange, refused, undefined, String(operation.errors[0]?.extensions.code));
      } else if (operation.kind === 'mutation' && exchange.request.method === 'GET')
        stop(exchange, safeMethods);
      else run(exchange, operation, parameters, caller);
    } catch (fault) {
      crash(exchange, fault);
    }
  }

  function run(exchange: Exchange, operation: Operation, parameters: Parameters, caller: Introduced): void {
    const waiting = patience(exchange.response, options.timeout);
    const story = isExplained(exchange, parameters) ? explanation() : undefined;
    const context = requestContext({
      correlationId: exchange.correlationId,
      ...caller,
      timeout: options.timeout,
      signal: waiting.signal,
      ...(story ? { observe: story.observe } : {}),
    });
    const done = (given: Answer): void => {
      waiting.end();
      const told =
        story && !given.refused ? story.told(given.body, operation.explain(parameters.variables)) : undefined;
      const badly = operation.kind === 'subscription' ? 'OPERATION_RESOLUTION_FAILURE' : 'BAD_USER_INPUT';
      const code = given.refused ? badly : undefined;
      finish(exchange, told === undefined ? given : { body: told, refused: false }, operation, code);
    };
    const given = operation.run(parameters.variables, context);
    if (!(given instanceof Promise)) done(given);
    else {
      given.then(done).catch((fault: unknown) => {
        waiting.end();
        crash(exchange, fault);
      });
    }
  }

  function finish(exchange: Exchange, given: Answer, operation?: Operation, code?: string): void {
    // An answer with data is always 200, however partial. For the older media type so is a refused document.
    const status = given.refused && exchange.type !== 'application/json' ? 400 : 200;
    const body = given.refused && !options.suggestions ? withoutSuggestions(given.body) : given.body;
    send(exchange, status, exchange.type, body);
    note(exchange, status, operation, code === undefined ? undefined : { code });
  }

  function stop(exchange: Exchange, refusal: HttpRefusal): void {
    sendRefusal(exchange, exchange.type, refusal);
    note(exchange, refusal.status, undefined, { code: refusal.code });
  }

  function crash(exchange: Exchange, fault: unknown): void {
    const message = `Something failed on our side; quote the correlation id ${exchange.correlationId}.`;
    if (exchange.response.headersSent) exchange.response.destroy();
    else sendRefusal(exchange, exchange.type, refuse(500, 'INTERNAL_SERVER_ERROR', message));
    note(exchange, 500, undefined, { code: 'INTERNAL_SERVER_ERROR', fault });
  }

  function preflight(exchange: Exchange): void {
    const granted = origins.preflight(exchange.request.headers.origin);
    if ('refused' in granted) stop(exchange, granted);
    else {
      const { response, correlationId } = exchange;
      response.writeHead(204, ['x-correlation-id', correlationId, ...securityHeaders, ...granted]).end();
      note(exchange, 204);
    }
  }

  function note(exchange: Exchange, status: number, operation?: Operation, refusal?: Refused): void {
    const took = performance.now() - exchange.began;
    const { correlationId, request } = exchange;
    options.answered({ correlationId, method: request.method ?? '', status, took, operation, ...refusal });
  }
}

/** Whoever takes answers in JSON as well gets a stream for subscriptions only. A mutation is still not for GET. */
function isStreamed({ events, request }: Exchange, operation: Operation | Refusal): boolean {
  if (events !== 'only')
    return events === 'taken' && 'kind' in operation && operation.kind === 'subscription';
  return !('kind' in operation && operation.kind === 'mutation' && request.method === 'GET');
}

function isExplained({ request }: Exchange, parameters: Parameters): boolean {
  return request.headers['x-explain'] === '1' || parameters.extensions.explain === true;
}
