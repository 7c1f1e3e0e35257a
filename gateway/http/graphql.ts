import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestContext } from '../../runtime/context.ts';
import { securityHeaders } from '../../runtime/security-headers.ts';
import type { Admit, Declined } from '../admission.ts';
import type { TextOf } from '../documents/index.ts';
import type { Answer, Engine, Operation, Refusal } from '../engine/index.ts';
import { acceptsEvents, isJson, negotiate, type MediaType } from './accept.ts';
import type { Authenticate } from './authentication.ts';
import { readBody } from './body.ts';
import { introduced, type Introduced } from './caller.ts';
import { correlationOf } from '../../runtime/correlation.ts';
import { discreet } from './discretion.ts';
import { explanation } from './explain.ts';
import { createOrigins } from './origins.ts';
import { fromBody, fromSearch, type Parameters } from './parameters.ts';
import { patience } from './patience.ts';
import { forgeable } from './preflight.ts';
import type { HttpRefusal } from './refusal.ts';
import { methods, safeMethods, unacceptable, unsupported } from './refusals.ts';
import { send, sendRefusal, type Reply } from './respond.ts';
import { showing, unaudited, type Showing } from './showing.ts';

/** One request that was answered; carries nothing that a caller wrote but a name of an operation that exists. */
export interface Answered extends Refused, Showing {
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
  /** Whether refusals may tell of the schema what the caller has not said. */
  readonly suggestions: boolean;
  readonly textOf: TextOf;
  readonly admit: Admit;
  readonly authenticate: Authenticate;
  readonly answered: (answered: Answered) => void;
  /** Whether reading personal data can be recorded; where it cannot, it is not shown. */
  readonly mayShowPersonal: () => boolean;
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
      const text = options.textOf(parameters);
      if (text instanceof Promise)
        void text.then((found) => {
          prepare(exchange, parameters, found, caller);
        });
      else prepare(exchange, parameters, text, caller);
    } catch (fault) {
      crash(exchange, fault);
    }
  }

  function prepare(exchange: Exchange, named: Parameters, text: string | Refusal, caller: Introduced): void {
    const parameters =
      typeof text !== 'string' || text === named.query
        ? named
        : { ...named, query: text, documentId: undefined };
    try {
      const operation =
        typeof text === 'string' ? options.engine.prepare(text, parameters.operationName) : text;
      if (isStreamed(exchange, operation)) options.events(exchange, parameters, caller);
      else if ('errors' in operation) decline(exchange, parameters, operation);
      else if (operation.kind === 'mutation' && exchange.request.method === 'GET')
        stop(exchange, safeMethods);
      else run(exchange, operation, parameters, caller);
    } catch (fault) {
      crash(exchange, fault);
    }
  }

  function run(exchange: Exchange, operation: Operation, parameters: Parameters, caller: Introduced): void {
    const admitted = options.admit(operation, parameters.variables, caller.principal);
    if (admitted.errors) decline(exchange, parameters, admitted, operation);
    else if (!options.mayShowPersonal() && operation.personal(parameters.variables, caller).length > 0)
      stop(exchange, unaudited);
    else {
      const headers = [...exchange.headers, ...admitted.headers];
      execute({ ...exchange, headers }, operation, parameters, caller);
    }
  }

  function execute(
    exchange: Exchange,
    operation: Operation,
    parameters: Parameters,
    caller: Introduced,
  ): void {
    const waiting = patience(exchange.response, options.timeout);
    const story = isExplained(exchange, parameters) ? explanation() : undefined;
    const context = requestContext({
      correlationId: exchange.correlationId,
      ...caller,
      timeout: options.timeout,
      signal: waiting.signal,
      ...(story ? { observe: story.observe } : {}),
    });
    const done = (given: Answer | Refusal): void => {
      waiting.end();
      if ('errors' in given) {
        const badly = operation.kind === 'subscription' ? 'OPERATION_RESOLUTION_FAILURE' : 'BAD_USER_INPUT';
        decline(exchange, parameters, given, operation, badly);
        return;
      }
      const told = story?.told(
        given.body,
        operation.explain(parameters.variables, caller),
        operation.cost(parameters.variables),
      );
      const shown = showing(given.personal, caller);
      finish(exchange, told === undefined ? given : { ...given, body: told }, operation, shown);
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

  /** An answer with data is always 200, however partial. */
  function finish(exchange: Exchange, { body, faults }: Answer, operation: Operation, shown: Showing): void {
    send(exchange, 200, exchange.type, body);
    const fault = faults && { code: 'INTERNAL_SERVER_ERROR', fault: faultOf(faults) };
    note(exchange, 200, operation, { ...fault, ...shown });
  }

  function decline(
    exchange: Exchange,
    parameters: Parameters,
    { errors, status: wanted = 400, headers = [] }: Pick<Declined, 'errors'> & Partial<Declined>,
    operation?: Operation,
    code = String(errors[0]?.extensions.code),
  ): void {
    // For the older media type a refused document is an answer like any other.
    const status = wanted === 400 && exchange.type === 'application/json' ? 200 : wanted;
    const told = options.suggestions ? errors : discreet(errors, parameters);
    send(exchange, status, exchange.type, JSON.stringify({ errors: told }), [
      ...exchange.headers,
      ...headers,
    ]);
    note(exchange, status, operation, { code });
  }

  function stop(exchange: Exchange, refusal: HttpRefusal): void {
    sendRefusal(exchange, exchange.type, refusal);
    note(exchange, refusal.status, undefined, { code: refusal.code });
  }

  function crash(exchange: Exchange, fault: unknown): void {
    const message = `Something failed on our side; quote the correlation id ${exchange.correlationId}.`;
    if (exchange.response.headersSent) exchange.response.destroy();
    else {
      const extensions = { code: 'INTERNAL_SERVER_ERROR', correlationId: exchange.correlationId };
      send(exchange, 500, exchange.type, JSON.stringify({ errors: [{ message, extensions }] }));
    }
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

  function note(exchange: Exchange, status: number, operation?: Operation, more?: Refused & Showing): void {
    const took = performance.now() - exchange.began;
    const { correlationId, request } = exchange;
    options.answered({ correlationId, method: request.method ?? '', status, took, operation, ...more });
  }
}

/** What is behind the errors of one answer, as one error for the log. */
export function faultOf(faults: readonly unknown[]): unknown {
  return faults.length === 1 ? faults[0] : new AggregateError(faults, 'Several parts of one answer failed.');
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
