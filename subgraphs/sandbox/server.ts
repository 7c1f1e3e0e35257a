import type { IncomingMessage } from 'node:http';
import { bytesOf } from '../../runtime/body.ts';
import { listen, type Listening } from '../../runtime/listen.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { json, type Sandbox } from './api.ts';

export interface SandboxServerOptions {
  readonly sandboxes: readonly Sandbox[];
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Told what failed inside a sandbox; its caller only learns that it did. */
  readonly report: (error: unknown) => void;
}

/** Sandboxes on one port, each below its own name: `/crm`, `/erp`, … */
export type SandboxServer = Listening;

/** Bytes of a request's body at most. */
const bodyLimit = 8 * 1024 * 1024;

/**
 * Serves sandboxes over HTTP. When it closes, what still waits for an answer ends without one.
 * @throws Failure PORT_IN_USE, INVALID_CONFIGURATION
 */
export function serveSandboxes(options: SandboxServerOptions): Promise<SandboxServer> {
  const { host, port, report } = options;
  const sandboxes = new Map(options.sandboxes.map((sandbox) => [sandbox.name, sandbox]));

  /** Null where the connection is to end without an answer. */
  async function answerTo(request: IncomingMessage, signal: AbortSignal): Promise<WireResponse | null> {
    const [, name = '', path = '/'] = /^\/([^/?]*)(\/[^?]*)?/.exec(request.url ?? '') ?? [];
    const sandbox = sandboxes.get(name);
    if (!sandbox) return json(404, { error: `try one of: ${[...sandboxes.keys()].join(', ')}` });
    const body = await bytesOf(request, bodyLimit);
    if (body === null) return json(413, { error: `send at most ${bodyLimit} bytes` });
    const asked = requestOf(request, path, body.toString());
    return asked
      ? sandbox.serve(asked, signal)
      : json(400, { error: 'send a path and JSON that can be read' });
  }

  return listen({
    host,
    port,
    setting: 'SANDBOX_PORT',
    failed: report,
    drainTimeout: 0,
    async answer(request, response) {
      const gone = new AbortController();
      response.once('close', () => {
        gone.abort();
      });
      const answer = await answerTo(request, gone.signal).catch((error: unknown) => {
        if (gone.signal.aborted) return null; // nobody waits for it any more
        throw error;
      });
      if (!answer) request.socket.destroy();
      else {
        response.writeHead(answer.status, answer.headers);
        response.end(answer.status === 204 ? undefined : JSON.stringify(answer.body));
      }
    },
  });
}

/** The request as sandboxes understand it; null where its path or its body cannot be read. */
function requestOf(request: IncomingMessage, path: string, text: string): WireRequest | null {
  const headers = Object.entries(request.headers).filter((header) => typeof header[1] === 'string');
  try {
    decodeURIComponent(path);
    return {
      method: request.method as WireRequest['method'], // one that no route has is not found
      path,
      query: Object.fromEntries(new URL(request.url ?? '', 'http://sandbox').searchParams),
      headers: Object.fromEntries(headers) as Record<string, string>,
      ...(text === '' ? {} : { body: JSON.parse(text) as unknown }),
    };
  } catch {
    return null;
  }
}
