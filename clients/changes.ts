/**
 * Changes of customers as a loop that never loses its place: `for await (const change of changes({ url })) …`. One file to
 * copy into a program, for Node.js from 22 and for browsers; it needs graphql-ws and graphql-sse and nothing else.
 */
import { createClient as eventsClient } from 'graphql-sse';
import { createClient as socketClient } from 'graphql-ws';

/** What every change says of its place. */
export interface Told {
  /** Keep it: given as `after`, all that follows this change comes, after any interruption. */
  readonly cursor: string;
  /** Counts all changes without a gap. */
  readonly position: string;
}

/** A change, as it is selected where the query is not your own. */
export interface Change extends Told {
  readonly at: string;
  readonly kind: 'CREATED' | 'UPDATED' | 'DELETED' | 'SNAPSHOT' | 'ERASED';
  readonly system: string | null;
  readonly version: string | null;
  readonly previousVersion: string | null;
  readonly attributes: readonly { readonly name: string; readonly owner: string }[];
  readonly cause: { readonly requestId: string; readonly correlationId: string } | null;
  readonly customer: { readonly id: string };
}

export interface GraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Why the loop has ended: what no further try mends. */
export interface ChangesError extends Error {
  /** As in `extensions.code` of the graph, such as CURSOR_EXPIRED; CHANGES_MISSING and INVALID_QUERY are from here. */
  readonly code: string;
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Of the last change that the loop was given. */
  readonly cursor: string | undefined;
}

/** A loss of the connection after which the loop goes on by itself, in `wait` milliseconds. */
export interface Interruption extends Pick<ChangesError, 'code' | 'message'> {
  readonly wait: number;
  /** Which one it is since the last change. */
  readonly inARow: number;
}

type Fields = Readonly<Record<string, string>>;

export interface ChangesOptions {
  /** Such as `http://127.0.0.1:4000/graphql`, for either transport. */
  readonly url: string;
  /** WebSocket unless told otherwise. */
  readonly transport?: 'websocket' | 'sse';
  /** A subscription of your own: takes `$after: String` and, for `snapshot`, `$snapshot: Boolean!`; selects cursor and position. */
  readonly query?: string;
  /** Its other variables; `filter` as `customerChanged` takes it. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The cursor of the last change that is known. Without it, and without `snapshot`, changes come from now on. */
  readonly after?: string;
  /** Whether every customer comes first, as it is. */
  readonly snapshot?: boolean;
  /** HTTP headers, or the payload that opens a WebSocket; a function is asked before each connection. */
  readonly headers?: Fields | (() => Fields | Promise<Fields>);
  /** An access token, without "Bearer"; a function is asked for one before each connection, also when one has expired. */
  readonly token?: string | (() => string | Promise<string>);
  /** Ends the loop, without an error. */
  readonly signal?: AbortSignal;
  /** Whether positions must follow one another; true where neither the query nor a filter is your own. */
  readonly continuous?: boolean;
  /** Told of positions that did not come, asked for twice; the loop goes on. Without it that is CHANGES_MISSING. */
  readonly onGap?: (gap: { readonly after: string; readonly next: string }) => void;
  readonly onInterruption?: (interruption: Interruption) => void;
  /** Changes that wait for the loop at most, 1,000; what is more comes again once they are taken. */
  readonly buffer?: number;
  /** Milliseconds without a sign of life after which a connection is lost, 30,000. */
  readonly silence?: number;
  /** Milliseconds that are waited at most: after a first loss, 250, then twice that and so on, up to 15,000. */
  readonly pauses?: readonly [first: number, most: number];
  /** Where there is no global WebSocket, such as that of `ws`. */
  readonly webSocketImpl?: unknown;
}

/** The subscription that selects these fields of a change, besides its place. */
export const subscriptionOf = (fields: string): string =>
  `subscription Changes($filter: CustomerChangeFilter, $after: String, $snapshot: Boolean! = false) {
  customerChanged(filter: $filter, after: $after, snapshot: $snapshot) { cursor position ${fields} }
}`;
/** What is asked where the query is not your own. */
export const everything = subscriptionOf(
  'at kind system version previousVersion attributes { name owner } cause { requestId correlationId } customer { id }',
);
/** No customer has this id: the page is empty, and its `endCursor` is the end of the feed. */
export const now = `query Now { customerChanges(first: 1, filter: { customerIds: ["00000000-0000-0000-0000-000000000000"] }) {
  pageInfo { endCursor } } }`;

/**
 * Every change once and in order: over restarts of the server, lost connections and a loop that is slow. Fields that could not
 * be read are null and told of in `errors`. Ends when `signal` says so, or the loop is left.
 * @throws ChangesError for what is refused, and for changes that are kept no longer
 */
export async function* changes<C extends Told = Change>(
  options: ChangesOptions,
): AsyncGenerator<C & { readonly errors?: readonly GraphError[] }, void> {
  const { signal, headers = {}, token, pauses: [first, most] = [250, 15_000] } = options;
  new URL(options.url);
  const place = placeOf(options);
  let [inARow, wake] = [0, (): void => undefined];
  const aborted = (): void => {
    wake();
  };
  signal?.addEventListener('abort', aborted);
  try {
    while (!signal?.aborted) {
      const given = typeof headers === 'function' ? await headers() : headers;
      const shown = typeof token === 'function' ? await token() : token;
      const fields = shown === undefined ? given : { ...given, authorization: `Bearer ${shown}` };
      const begun = Date.now();
      const connection = connect(options, fields, place.request());
      wake = connection.close;
      let end: Ending | undefined;
      try {
        while (!end) {
          const taken = place.take(await connection.next());
          end = taken.end;
          if (taken.change) inARow = 0;
          if (taken.change) yield taken.change as C;
        }
      } finally {
        connection.close();
      }
      if (end.atOnce) continue;
      if (Date.now() - begun >= most) inARow = 0;
      if (inARow >= end.tries) throw errorOf(end, place.cursor());
      const wait = Math.max(
        Math.random() * Math.min(most, first * 2 ** inARow),
        (end.retryAfter ?? 0) * 1000,
      );
      inARow += 1;
      options.onInterruption?.({ code: end.code, message: end.message, wait, inARow });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    signal?.removeEventListener('abort', aborted);
  }
}

/** How a connection ended. */
interface Ending extends Pick<GraphError, 'message' | 'extensions'> {
  readonly code: string;
  /** How many times in a row it is worth another one. */
  readonly tries: number;
  /** Nothing went wrong: the next one follows without a pause. */
  readonly atOnce?: true;
  /** Seconds. */
  readonly retryAfter?: number;
}
interface Result {
  readonly data?: object | null | undefined;
  readonly errors?: readonly GraphError[] | undefined;
}
type Selected = Partial<Told> & { readonly pageInfo?: { readonly endCursor?: string } };

/** What may be of no use a second time, and may be: a few tries show it. */
const few = 5;
const ending = (code: string, message: string, tries = 0): Ending => ({ code, message, tries });
const lost = (message: string): Ending => ending('CONNECTION_LOST', message, Infinity);
/** Who was let in before may be again, with another token. */
const again = (how: Ending, { token, headers }: ChangesOptions): Ending =>
  how.code === 'UNAUTHENTICATED' && typeof (token ?? headers) === 'function' ? { ...how, tries: 1 } : how;
const atOnce: Ending = { ...lost(''), atOnce: true };

/** Where the loop stands, and what is to be asked for there. */
function placeOf(options: ChangesOptions) {
  const { query = everything, variables, snapshot = false, after, onGap, continuous } = options;
  const checked = continuous ?? (query === everything && variables?.filter == null);
  let cursor = after;
  let [position, doubted]: (bigint | undefined)[] = [];

  function take(arrived: Result | Ending): { readonly change?: object; readonly end?: Ending } {
    if ('tries' in arrived) return { end: arrived };
    const { data, errors } = arrived;
    const [told] = Object.values(data ?? {}) as [(Selected | null)?];
    if (cursor === undefined && told?.pageInfo?.endCursor) {
      cursor = told.pageInfo.endCursor;
      return { end: atOnce };
    }
    if (told?.cursor === undefined || told.position === undefined)
      return { end: errors ? again(ofErrors(errors), options) : ending('INVALID_QUERY', unselected) };
    const at = BigInt(told.position);
    // All customers of a snapshot have its position, and each a cursor of its own.
    if (position !== undefined && (at < position || (at === position && told.cursor === cursor))) return {};
    if (checked && position !== undefined && at > position + 1n) {
      const gap = { after: String(position), next: told.position };
      // Perhaps it was lost on the way: it is asked for again before anybody is told.
      if (doubted !== position) {
        doubted = position;
        return { end: atOnce };
      }
      if (!onGap) return { end: ending('CHANGES_MISSING', missing(gap)) };
      onGap(gap);
    }
    [cursor, position] = [told.cursor, at];
    return { change: errors ? { ...told, errors } : told };
  }

  return {
    take,
    cursor: () => cursor,
    request() {
      if (cursor === undefined && !snapshot) return { query: now };
      return {
        query,
        variables: { ...variables, ...(cursor === undefined ? { snapshot } : { after: cursor }) },
      };
    },
  };
}

const unselected =
  'The query must be a subscription that takes "$after: String" and selects "cursor position".';
const missing = ({ after, next }: { readonly after: string; readonly next: string }): string =>
  `Nothing came between the positions ${after} and ${next}. Who may not read what changed there is not told of it: give "onGap" to go on.`;

interface Request {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}
/** What a transport tells: that it was let in, an answer, its end, or any sign of life. */
interface Ear {
  readonly admitted: () => boolean;
  readonly next: (result: Result) => void;
  readonly end: (how: Ending) => void;
  readonly alive: () => void;
}

/** A connection that notices when it is lost, and that keeps no more than a number of answers. */
function connect(options: ChangesOptions, fields: Fields, request: Request) {
  const { transport = 'websocket', buffer = 1000, silence = 30_000 } = options;
  const waiting: Result[] = [];
  let over: Ending | undefined;
  let [admitted, heard, wake] = [false, Date.now(), (): void => undefined];
  const alive = (): void => void (heard = Date.now());
  const end = (how: Ending): void => {
    if (over) return;
    over = admitted ? again(how, options) : how;
    clearInterval(watch);
    leave();
    wake();
  };
  const next = (result: Result): void => {
    if (over) return;
    waiting.push(result);
    // What is let go of here comes again: the place is that of the last one that was taken.
    if (waiting.length >= buffer) end(atOnce);
    wake();
  };
  const leave = (transport === 'sse' ? overEvents : overSocket)(options, fields, request, {
    next,
    end,
    alive,
    admitted: () => (admitted = true),
  });
  const watch = setInterval(() => {
    if (Date.now() - heard > silence) end(lost(`Nothing was heard for ${silence} ms.`));
  }, silence / 4);
  return {
    async next(): Promise<Result | Ending> {
      if (waiting.length === 0 && !over) await new Promise<void>((resolve) => (wake = resolve));
      return waiting.shift() ?? over ?? atOnce;
    },
    close: () => {
      waiting.length = 0;
      end(atOnce);
    },
  };
}

function overSocket(options: ChangesOptions, fields: Fields, { query, variables = {} }: Request, ear: Ear) {
  const { url, silence = 30_000, webSocketImpl } = options;
  let open = false;
  const client = socketClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: { ...fields },
    retryAttempts: 0,
    keepAlive: silence / 3,
    ...(webSocketImpl === undefined ? {} : { webSocketImpl }),
    on: {
      connected: () => (open = ear.admitted()),
      message: ear.alive,
      // The library itself would connect again after some of these, and ask from where it had begun.
      closed(event) {
        ear.end(ofClose(event as CloseEvent));
      },
      error(fault) {
        ear.end(ofFault(fault));
      },
    },
  });
  const leave = client.subscribe({ query, variables }, sinkOf(ear));
  return () => {
    leave();
    // Where it is not open yet, nothing is left to be said.
    if (!open) client.terminate();
  };
}

function overEvents({ url }: ChangesOptions, headers: Fields, { query, variables = {} }: Request, ear: Ear) {
  const client = eventsClient({
    ...{ url, headers: { ...headers }, retryAttempts: 0 },
    async fetchFn(...parameters: Parameters<typeof fetch>): Promise<Response> {
      const response = await fetch(...parameters);
      const { status, body } = response;
      if (!response.ok || !body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
        ear.end(ofAnswer(response, await response.text()));
        return response;
      }
      ear.admitted();
      // The library does not show comments, by which a server says that it is there, and may miss the end.
      const watched = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, through) {
          ear.alive();
          through.enqueue(chunk);
        },
        flush: () => void setTimeout(ear.end, 0, lost('The stream has ended.')),
      });
      return new Response(body.pipeThrough(watched), { status });
    },
  });
  return client.subscribe({ query, variables }, sinkOf(ear));
}

const sinkOf = ({ next, end }: Ear) => ({
  next: (result: object) => {
    next(result);
  },
  error(fault: unknown) {
    end(Array.isArray(fault) ? ofErrors(fault as GraphError[]) : ofFault(fault));
  },
  complete() {
    end(lost('The server has ended the subscription.'));
  },
});

/** Codes with which no other try goes well, and those with which one may however often it did not. */
const lasting = /^(CURSOR_|INVALID_|BAD_|GRAPHQL_|OPERATION_|UNAUTHENTICATED|FORBIDDEN)/;
const passing = /^(SERVER_|SYSTEM_|STORE_|DEADLINE_|RATE_|SUBSCRIPTION_|INTERNAL_)/;

function ofErrors([first]: readonly GraphError[]): Ending {
  const { message = 'The server gave no reason.', extensions = {} } = first ?? {};
  const { code = 'UNKNOWN', retryAfter = 0 } = extensions as { code?: string; retryAfter?: number };
  const tries = lasting.test(code) ? 0 : passing.test(code) ? Infinity : few;
  return { ...ending(code, message, tries), retryAfter, extensions };
}

/** Close codes that say that the client is at fault. */
const refusals: Readonly<Record<number, string>> = {
  4400: 'BAD_REQUEST',
  4401: 'UNAUTHENTICATED',
  4403: 'UNAUTHENTICATED',
};

function ofClose({ code, reason }: { readonly code: number; readonly reason: string }): Ending {
  const message = `The connection was closed: ${code} ${reason}`.trimEnd();
  const refusal = refusals[code];
  return refusal === undefined ? lost(message) : ending(refusal, message);
}

/** An HTTP answer that is no stream. */
function ofAnswer({ status, headers }: Response, body: string): Ending {
  const retryAfter = Number(headers.get('retry-after')) || 0;
  try {
    return { ...ofErrors((JSON.parse(body) as { errors: GraphError[] }).errors), retryAfter };
  } catch {
    const message = `The server answered with ${status} and no events.`;
    if (status === 401 || status === 403) return ending('UNAUTHENTICATED', message);
    const passes = status >= 500 || [408, 425, 429].includes(status);
    return { ...lost(message), tries: passes ? Infinity : few, retryAfter };
  }
}

/** A fault of the network, which passes, or an answer that makes no sense, which may not. */
function ofFault(fault: unknown): Ending {
  const senseless = fault instanceof Error && fault.name !== 'NetworkError';
  const message = fault instanceof Error && fault.message !== '' ? fault.message : 'The connection failed.';
  return { ...lost(message), tries: senseless ? few : Infinity };
}

function errorOf({ code, message, extensions = {} }: Ending, cursor: string | undefined): ChangesError {
  return Object.assign(new Error(message), { name: 'ChangesError', code, extensions, cursor });
}
