import type { GraphQLSchema } from 'graphql';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { localSubgraph, remoteSubgraph, type Subgraph } from './executor.ts';
import { Failure } from './failure.ts';
import type { Guard } from './guard.ts';
import type { Open, Post } from './http.ts';
import type { Pass } from './pass.ts';
import { serveSubgraph } from './subgraph.ts';

/** Where the subgraphs of a graph are, as one process sees them. */
export interface Surroundings {
  /** Schemas of the subgraphs in this process, by name; looked at when one is asked for. */
  readonly here: ReadonlyMap<string, GraphQLSchema>;
  /** Addresses of those elsewhere, by name. */
  readonly elsewhere: ReadonlyMap<string, string>;
  readonly guards: ReadonlyMap<string, Guard>;
  readonly post: Post;
  readonly open: Open;
  /** Absent where all subgraphs are here. */
  readonly pass: Pass | undefined;
}

/** A way to every subgraph, wherever it is; those elsewhere are told who calls, and for whom. */
export function reach({
  here,
  elsewhere,
  guards,
  post,
  open,
  pass,
}: Surroundings): (name: string) => Subgraph {
  return (name) => {
    const schema = here.get(name);
    if (schema) return localSubgraph(name, schema);
    const [url, guard] = [elsewhere.get(name), guards.get(name)];
    if (url === undefined || !pass || !guard)
      throw new Error(`the configuration does not say where ${name} is`);
    return remoteSubgraph(name, url, {
      post,
      open,
      guard,
      headers: async (context) => ({
        ...(await pass.headers(name, context.principal, context.caller)),
        'x-timeout-ms': String(Math.max(1, context.deadline - Date.now())),
      }),
    });
  };
}

/** Answers a request, or rejects with a Failure. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What a process serves, as `listen` takes it. */
export interface Served {
  readonly answer: Answer;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly drain: () => Promise<void>;
  /** Subscriptions now. */
  readonly active: () => number;
}

/** Subgraphs that are served without a gateway. */
export interface Apart {
  readonly schemas: ReadonlyMap<string, GraphQLSchema>;
  readonly pass: Pass | undefined;
  /** Milliseconds that an operation may take where the caller does not say less. */
  readonly timeout: number;
}

/** Serves each subgraph at its own path, and only to holders of a pass. */
export async function serveApart({ schemas, pass, timeout }: Apart): Promise<Served> {
  if (!pass) throw new Error('the configuration has no secret for passes');
  const served = new Map<string, Served>();
  for (const [name, schema] of schemas) {
    const admit = (headers: IncomingMessage['headers']) => pass.verify(headers, name);
    served.set(`/${name}`, await serveSubgraph({ schema, admit, timeout }));
  }
  const elsewhere = `Here are ${[...served.keys()].join(', ')}.`;
  const at = ({ url }: IncomingMessage) => served.get(url?.split('?')[0] ?? '');
  const all = [...served.values()];
  return {
    answer(request, response) {
      const one = at(request);
      return one ? one.answer(request, response) : Promise.reject(new Failure('NOT_FOUND', elsewhere));
    },
    upgrade(request, socket, head) {
      const one = at(request);
      if (one) one.upgrade(request, socket, head);
      else
        socket
          .once('finish', () => socket.destroy())
          .end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    },
    async drain() {
      await Promise.all(all.map((one) => one.drain()));
    },
    active: () => all.reduce((sum, one) => sum + one.active(), 0),
  };
}
