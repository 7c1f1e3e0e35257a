import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { unlimited, type Admit } from './admission.ts';
import { anyDocument, type TextOf } from './documents/index.ts';
import type { Engine } from './engine/index.ts';
import { graphiqlPages, type GraphiqlOptions } from './graphiql/index.ts';
import type { Authenticate } from './http/authentication.ts';
import { createGraphqlListener, type Answered } from './http/graphql.ts';
import { correlationOf } from '../runtime/correlation.ts';
import type { RowsOf } from '../runtime/rows.ts';
import { hostCheck } from './http/hosts.ts';
import { refuse, type HttpRefusal } from './http/refusal.ts';
import { sendRefusal } from './http/respond.ts';
import { createStreaming, defaultStreamLimits, type StreamLimits } from './stream/index.ts';
import { refuseUpgrade } from './stream/upgrade.ts';

export { anyone, bearer, selfDeclared, type Authenticate } from './http/authentication.ts';
export { isLoopback, loopbackHosts } from './http/hosts.ts';
export type { Answered } from './http/graphql.ts';
export type { Example } from './graphiql/index.ts';
export { streamLimits } from './stream/index.ts';

export interface DoorOptions {
  readonly engine: Engine;
  /** Milliseconds that one request may take; what has not arrived by then is null with a coded error. */
  readonly timeout: number;
  /** Largest body of a request, in bytes. */
  readonly bodyLimit: number;
  /** Whether refusals may suggest names of the schema; on where introspection is. */
  readonly suggestions: boolean;
  /** Which documents are executed; any where absent. */
  readonly textOf?: TextOf;
  /** What operations may cost; anything where absent. */
  readonly admit?: Admit;
  /** Who is asking: `bearer`, `selfDeclared()` or `anyone`. */
  readonly authenticate: Authenticate;
  /** Host names that the door answers to, e.g. `loopbackHosts`; every name where absent. */
  readonly hosts?: readonly string[];
  /** Whether a proxy says by `x-forwarded-proto` how it was asked: what was not asked over TLS is refused then. */
  readonly behindProxy?: boolean;
  /** Origins whose pages may ask, e.g. `https://app.example.com`; none where absent. */
  readonly origins?: readonly string[];
  /** Which entities a caller sees; everybody sees all where absent. */
  readonly rowsOf?: RowsOf;
  /** What subscribers may take; `defaultStreamLimits` where absent. */
  readonly streams?: Partial<StreamLimits>;
  /** The query page, with the operations that it opens with; no page where absent. */
  readonly graphiql?: Omit<GraphiqlOptions, 'endpoint'>;
  /** Told of every GraphQL request once it is answered, for logs and metrics. Must not throw. */
  readonly answered?: (answered: Answered) => void;
  /** Told of every subscription that shows personal data, when it begins. Must not throw. */
  readonly began?: (answered: Answered) => void;
  /** Whether reading personal data can be recorded; where it cannot, it is not shown. It can where absent. */
  readonly mayShowPersonal?: () => boolean;
}

export interface Door {
  /** Answers a request, or gives false where the path is not one of the door's. */
  (request: IncomingMessage, response: ServerResponse): boolean;
  /** Takes over the connection of a request for a WebSocket, or refuses it. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Subscriptions now. */
  readonly active: () => number;
  /** Ends all subscriptions and their connections, each told where to go on; resolves when they are closed. */
  readonly drain: () => Promise<void>;
}

const endpoint = '/graphql';
const json = 'application/json';

/** The public HTTP face of an engine: `/graphql`, and the query page at `/graphiql`. */
export function createDoor(options: DoorOptions): Door {
  const common = {
    engine: options.engine,
    timeout: options.timeout,
    suggestions: options.suggestions,
    textOf: options.textOf ?? anyDocument,
    admit: options.admit ?? unlimited,
    authenticate: options.authenticate,
    origins: options.origins ?? [],
    answered: options.answered ?? (() => undefined),
    began: options.began ?? (() => undefined),
    mayShowPersonal: options.mayShowPersonal ?? (() => true),
  };
  const { bodyLimit } = options;
  const limits = { ...defaultStreamLimits, ...options.streams };
  const streaming = createStreaming({
    ...common,
    messageLimit: bodyLimit,
    limits,
    rowsOf: options.rowsOf ?? (() => null),
  });
  const graphql = createGraphqlListener({ ...common, bodyLimit, events: streaming.events });
  const hostRefusal = hostCheck(options.hosts ?? []);
  const refusalOf = ({ headers }: IncomingMessage): HttpRefusal | undefined =>
    options.behindProxy === true && isReadable(headers) ? readable : hostRefusal(headers.host);
  const pages = options.graphiql && graphiqlPages({ endpoint, ...options.graphiql });

  const answer = (request: IncomingMessage, response: ServerResponse): boolean => {
    const url = request.url ?? '';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const page = path === endpoint && !isVisit(request, mark < 0) ? undefined : pages?.get(path);
    if (!page && path !== endpoint) return false;
    const refusal = refusalOf(request);
    if (refusal) {
      sendRefusal({ response, correlationId: correlationOf(request.headers), headers: [] }, json, refusal);
    } else if (page) page(request, response);
    else graphql(request, response, mark < 0 ? '' : url.slice(mark + 1));
    return true;
  };
  return Object.assign(answer, {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
      const refusal = request.url?.split('?')[0] === endpoint ? refusalOf(request) : elsewhere;
      if (refusal) refuseUpgrade(socket, refusal);
      else streaming.upgrade(request, socket, head);
    },
    active: streaming.active,
    drain: streaming.drain,
  });
}

const elsewhere = refuse(404, 'NOT_FOUND', `Subscriptions are at ${endpoint}.`);

const readable = refuse(403, 'FORBIDDEN', 'This was sent without TLS; use https.');

/** What came in by a proxy without TLS. Whoever calls from behind it, without its header, is let pass. */
function isReadable({ 'x-forwarded-proto': proto }: IncomingHttpHeaders): boolean {
  return typeof proto === 'string' && /^(http|ws)\s*(,|$)/i.test(proto);
}

/** Somebody opened the endpoint's address in a browser, without a query. */
function isVisit(request: IncomingMessage, bare: boolean): boolean {
  return bare && request.method === 'GET' && request.headers.accept?.includes('text/html') === true;
}
