import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as immediately, setTimeout as pause } from 'node:timers/promises';
import { correlationOf } from './correlation.ts';
import { Failure } from './failure.ts';
import { sendProblem } from './problem.ts';
import { securityHeaders, strictTransport } from './security-headers.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Name of the setting the port came from, for the sentence when it is in use. */
  readonly setting: 'PORT' | 'SANDBOX_PORT' | '--port';
  /** Answers everything but the routes below; a rejection is answered as a problem and given to `failed`. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  readonly failed: (error: unknown, correlationId?: string) => void;
  /** Takes over the connections of requests for a WebSocket; without it they are answered like any others. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends what would not end by itself, such as streams; called once, when it begins to close. */
  readonly drain?: () => Promise<void>;
  /** `GET /health/ready`: what must work for this process to be of use; a check that rejects makes it not ready. */
  readonly checks?: Readonly<Record<string, () => Promise<unknown>>>;
  /** `GET /metrics`. */
  readonly metrics?: Metrics;
  /** TLS 1.2 or later, and nothing else; plain HTTP where absent. */
  readonly tls?: Tls | undefined;
  /** Milliseconds that requests in flight are given when it closes. */
  readonly drainTimeout: number;
}

interface Metrics {
  text(): Promise<string>;
  readonly contentType: string;
  /** Rejects with a Failure where whoever asks may not see them; everybody may where absent. */
  readonly admit?: (headers: IncomingHttpHeaders) => Promise<void>;
}

/** As PEM. */
export interface Tls {
  /** With the certificates of those who vouch for it behind it. */
  readonly cert: string;
  readonly key: string;
}

export interface Listening {
  /** As a client writes it, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** For protocols that begin as an upgrade. */
  readonly server: Server;
  /** Stops accepting, lets requests in flight finish up to the drain timeout, then ends every connection. */
  close(): Promise<void>;
}

/** Milliseconds in which clients on kept connections are told to leave before idle ones are closed under them. */
const NOTICE = 100;
/** Milliseconds: longer than the usual idle timeout of a load balancer, so that the balancer is the one to close. */
const KEEP_ALIVE = 65_000;
/** Milliseconds to send the headers, and the whole request: a client that dribbles holds nothing for long. */
const HEADERS = 10_000;
const REQUEST = 30_000;

/**
 * Listens for HTTP requests.
 * @throws Failure PORT_IN_USE, INVALID_CONFIGURATION
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host, port, answer, failed, upgrade } = options;
  const inFlight = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const raw = new Set<Socket>();
  const upgraded = new Set<Duplex>();
  let closing: Promise<void> | undefined;

  const shouldUpgradeCallback = ({ headers }: IncomingMessage) =>
    upgrade !== undefined && headers.upgrade?.toLowerCase() === 'websocket';
  const server = createServerOf(
    { connectionsCheckingInterval: 5_000, shouldUpgradeCallback },
    options.tls,
    (request, response) => {
      inFlight.add(response);
      if (options.tls) response.setHeader(...strictTransport);
      if (closing) response.setHeader('connection', 'close');
      response.once('close', () => {
        inFlight.delete(response);
        // Headers sent before the drain did not say that the connection ends.
        if (closing)
          setImmediate(() => {
            server.closeIdleConnections();
          });
      });
      const fail = (error: unknown): void => {
        const correlationId = correlationOf(request.headers);
        failed(error, correlationId);
        sendProblem(response, error, correlationId);
      };
      try {
        (operational(request, response, options, closing !== undefined) ?? answer(request, response))?.catch(
          fail,
        );
      } catch (error) {
        fail(error);
      }
    },
  );
  server.keepAliveTimeout = KEEP_ALIVE;
  server.headersTimeout = HEADERS;
  server.requestTimeout = REQUEST;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    if (upgrade) upgrade(request, socket, head);
    // A runtime that does not ask whether to upgrade gives us what it should have answered itself.
    else socket.destroy();
  });
  const track = (all: Set<Socket>) => (socket: Socket) => {
    all.add(socket);
    socket.once('close', () => all.delete(socket));
  };
  server.on('connection', track(raw));
  // Under TLS requests come by another socket, once hands are shaken on the one below.
  server.on(options.tls ? 'secureConnection' : 'connection', track(sockets));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(refusal(error, options));
    });
    server.listen(port, host, resolve);
  });

  const drain = async (): Promise<void> => {
    for (const response of inFlight) if (!response.headersSent) response.setHeader('connection', 'close');
    const streamsEnded = options.drain?.().catch(failed);
    if (sockets.size > 0) await pause(Math.min(NOTICE, options.drainTimeout));
    // After the event loop has read what has arrived meanwhile: a connection that looks idle may bear a request by now.
    await immediately();
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    // Node.js counts a connection that was opened and never used as busy; a new one is given time for its request.
    const unused = setTimeout(() => {
      const busy = new Set([...inFlight].map((response) => response.socket));
      for (const socket of sockets) if (!busy.has(socket) && !upgraded.has(socket)) socket.destroy();
    }, NOTICE);
    const timer = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of [...upgraded, ...raw]) socket.destroy();
    }, options.drainTimeout);
    await closed;
    await streamsEnded;
    clearTimeout(unused);
    clearTimeout(timer);
  };
  const bound = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${options.tls ? 'https' : 'http'}://${name}:${bound.port}`,
    server,
    close: () => (closing ??= Promise.resolve().then(drain)),
  };
}

function createServerOf(
  options: ServerOptions,
  tls: Tls | undefined,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (!tls) return createServer(options, answer);
  try {
    const secure = {
      cert: tls.cert,
      key: tls.key,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HEADERS,
    } as const;
    return createTlsServer({ ...options, ...secure }, answer);
  } catch (cause) {
    const sentence =
      'TLS_CERT and TLS_KEY must be a certificate and its own key, without a password, as PEM.';
    throw new Failure('INVALID_CONFIGURATION', sentence, { cause });
  }
}

/** The routes that every process has, whatever it serves. */
function operational(
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
  { checks = {}, metrics }: ListenOptions,
  draining: boolean,
): Promise<void> | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  if (url === '/health/live') return send(response, 200, { status: 'live' });
  if (url === '/health/ready')
    return draining ? send(response, 503, { status: 'draining' }) : ready(response, checks);
  if (url === '/metrics' && metrics)
    return seen(metrics, headers).then((text) => {
      response.writeHead(200, ['content-type', metrics.contentType, ...securityHeaders]).end(text);
    });
  return undefined;
}

async function seen(metrics: Metrics, headers: IncomingHttpHeaders): Promise<string> {
  await metrics.admit?.(headers);
  return metrics.text();
}

async function ready(response: ServerResponse, checks: NonNullable<ListenOptions['checks']>): Promise<void> {
  const names = Object.keys(checks);
  const results = await Promise.allSettled(Object.values(checks).map((check) => check()));
  const missing = names.filter((_, index) => results[index]?.status === 'rejected');
  await (missing.length === 0
    ? send(response, 200, { status: 'ready' })
    : send(response, 503, { status: 'not ready', missing }));
}

function send(response: ServerResponse, status: number, body: unknown): Promise<void> {
  response.writeHead(status, ['content-type', 'application/json', ...securityHeaders]);
  response.end(JSON.stringify(body));
  return Promise.resolve();
}

function refusal(error: NodeJS.ErrnoException, { host, port, setting }: ListenOptions): Error {
  if (error.code === 'EADDRINUSE')
    return new Failure(
      'PORT_IN_USE',
      `Port ${port} on ${host} is in use; stop the process that has it, or set ${setting} to another number.`,
    );
  if (error.code === 'EACCES')
    return new Failure(
      'INVALID_CONFIGURATION',
      `Port ${port} may not be opened by this user; set ${setting} to one above 1023.`,
    );
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new Failure(
      'INVALID_CONFIGURATION',
      `HOST ${host} is no address of this machine; set it to one that is.`,
    );
  return error;
}
