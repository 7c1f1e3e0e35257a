import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { publicLookup, refusedHost } from './address.ts';

/** What came back over HTTP, whole. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; the first value where a header is repeated. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** Milliseconds that nobody waits beyond, and the signal that ends the request before. */
export interface Patience {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Sends a request, with a body where there is one; otherwise as `Post`. */
export type Send = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string | null,
  patience: Patience,
) => Promise<HttpAnswer>;

/** Sends a body by POST over a kept-alive connection. Redirects are answers, not followed. Rejects without an answer. */
export type Post = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  patience: Patience,
) => Promise<HttpAnswer>;

/** An answer whose body comes bit by bit. */
export interface Opened {
  readonly status: number;
  /** As in `HttpAnswer`. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Read no faster than it is asked for; rejects where the connection breaks. Leaving the loop ends the request. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Ends it without reading it. */
  end(): void;
}

/**
 * Sends a body by POST, over a connection of its own for as long as the answer lasts. `timeout` is that of the answer's
 * beginning; after that half a minute of silence breaks it.
 */
export type Open = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  patience: Patience,
) => Promise<Opened>;

export interface HttpOptions {
  /** Connections to one origin. Default 64. */
  readonly connections?: number;
  /** Bytes of one answer. Default 32 MiB. */
  readonly answerLimit?: number;
  /** Whether nothing is sent to private networks: it rejects with a Failure ADDRESS_NOT_ALLOWED then. Default false. */
  readonly publicOnly?: boolean;
  /** How names are looked up, where only public addresses are sent to. Default that of the machine. */
  readonly lookup?: LookupFunction;
}

/** An HTTP client for the calls of this process to what runs elsewhere. */
export interface Http {
  readonly post: Post;
  readonly send: Send;
  readonly open: Open;
  close(): Promise<void>;
}

/** Milliseconds without a sign of life after which an answer that lasts is broken: more than twice the usual ping. */
const SILENCE = 30_000;

export function createHttp(options: HttpOptions = {}): Http {
  const lookup = options.lookup ?? publicLookup();
  const guarded = options.publicOnly === true ? { connect: publicConnector(lookup) } : {};
  const agent = new Agent({
    connections: options.connections ?? 64,
    maxResponseSize: options.answerLimit ?? 32 * 1024 * 1024,
    keepAliveTimeout: 30_000,
    ...guarded,
  });
  // Answers that last would soon have all connections of the others.
  const lasting = new Agent({ connections: null, keepAliveTimeout: 30_000, ...guarded });
  const open: Open = async (url, headers, body, { timeout, signal }) => {
    const path = `${url.pathname}${url.search}`;
    const limits = { headersTimeout: timeout, bodyTimeout: SILENCE };
    const request = { origin: url.origin, path, method: 'POST' as const, headers, body, signal, ...limits };
    const answer = await lasting.request(request);
    // What breaks it is told to whoever reads it; nobody may be reading.
    answer.body.on('error', () => undefined);
    const end = (): void => void answer.body.destroy();
    return { status: answer.statusCode, headers: firstValues(answer.headers), chunks: answer.body, end };
  };
  const send: Send = (method, url, headers, body, { timeout, signal }) =>
    new Promise((resolve, reject) => {
      const { collector, abort } = collect(resolve, reject, signal);
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener('abort', abort, { once: true });
      const path = `${url.pathname}${url.search}`;
      const limits = { headersTimeout: timeout, bodyTimeout: timeout };
      agent.dispatch({ origin: url.origin, path, method, headers, body, ...limits }, collector);
    });
  return {
    send,
    open,
    post: (url, headers, body, patience) => send('POST', url, headers, body, patience),
    async close() {
      // Streams do not come to an end by themselves.
      await Promise.all([agent.close(), lasting.destroy()]);
    },
  };
}

/** Looked up once for each connection, which goes to that very address. */
function publicConnector(lookup: LookupFunction): buildConnector.connector {
  const connect = buildConnector({ lookup });
  return (options, callback) => {
    const refused = refusedHost(options.hostname);
    if (refused) callback(refused, null);
    else connect(options, callback);
  };
}

/** Collects one answer. Not undici's own `request`: the stream that it makes of a body costs more than all the rest. */
function collect(
  resolve: (answer: HttpAnswer) => void,
  reject: (cause: Error) => void,
  signal: AbortSignal,
): { readonly collector: Dispatcher.DispatchHandler; readonly abort: () => void } {
  let call: Dispatcher.DispatchController | undefined;
  let status = 0;
  let headers: HttpAnswer['headers'] = {};
  const chunks: Buffer[] = [];
  const abort = (): void => {
    const reason = new Error('Nobody waits for the answer any more.');
    // Without a controller the request is still in the queue; it is ended when its turn comes.
    call?.abort(reason);
    reject(reason);
  };
  const collector: Dispatcher.DispatchHandler = {
    onRequestStart(controller) {
      call = controller;
      if (signal.aborted) abort();
    },
    onResponseStart(_controller, statusCode, received) {
      status = statusCode;
      headers = firstValues(received);
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      signal.removeEventListener('abort', abort);
      const [only] = chunks;
      const whole = only && chunks.length === 1 ? only : Buffer.concat(chunks);
      resolve({ status, headers, text: whole.toString('utf8') });
    },
    onResponseError(_controller, error) {
      signal.removeEventListener('abort', abort);
      reject(error);
    },
  };
  return { collector, abort };
}

function firstValues(headers: IncomingHttpHeaders): HttpAnswer['headers'] {
  const first: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) first[name] = Array.isArray(value) ? value[0] : value;
  return first;
}
