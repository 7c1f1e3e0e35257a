import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterAll } from '@jest/globals';

/** The input of a write as it arrived. */
export interface Input {
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly lane: string;
  readonly wait: string;
}

interface Stored extends Input {
  readonly id: string;
  readonly acceptedAt: string;
}

/** What an endpoint does instead of storing a write and saying so. */
export type Behaviour =
  | { readonly refusals: readonly object[] }
  | { readonly errors: readonly object[] }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks, before or after the write is stored. */
  | { readonly breaks: 'before' | 'after' };

/** A GraphQL endpoint on loopback that knows no more of the graph than `npm run write` asks of it. */
export interface Endpoint {
  readonly url: string;
  /** Accepted writes in their order. */
  readonly stored: readonly Stored[];
  /** Every write that arrived, as often as it arrived. */
  readonly arrived: readonly Input[];
  /** Requests about what became of writes. */
  readonly looks: () => number;
  /** The most writes that were under way at a time, and of one customer. */
  readonly most: () => { readonly writes: number; readonly ofOneCustomer: number };
}

interface Play {
  /** Told of each write before anything else; may hold it up. */
  readonly on?: (input: Input, times: number) => Behaviour | undefined | Promise<Behaviour | undefined>;
  /** Where an accepted write stands when it is looked at for the n-th time. */
  readonly state?: (write: Stored, looks: number) => string;
  /** Where it stands when it is accepted. */
  readonly first?: string;
}

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

export async function endpoint({
  on,
  state = () => 'SUCCEEDED',
  first = 'PENDING',
}: Play = {}): Promise<Endpoint> {
  const stored = new Map<string, Stored>();
  const arrived: Input[] = [];
  const active = new Map<string, number>();
  const most = { writes: 0, ofOneCustomer: 0 };
  let looks = 0;
  let underWay = 0;

  async function write(input: Input, response: ServerResponse): Promise<unknown> {
    arrived.push(input);
    const { customerId, idempotencyKey } = input;
    active.set(customerId, (active.get(customerId) ?? 0) + 1);
    underWay++;
    most.writes = Math.max(most.writes, underWay);
    most.ofOneCustomer = Math.max(most.ofOneCustomer, active.get(customerId) ?? 0);
    try {
      const times = arrived.filter((one) => one.idempotencyKey === idempotencyKey).length;
      const played = await on?.(input, times);
      await setImmediate();
      return answer(input, played, response);
    } finally {
      underWay--;
      active.set(customerId, (active.get(customerId) ?? 1) - 1);
    }
  }

  function answer(input: Input, played: Behaviour | undefined, response: ServerResponse): unknown {
    const { idempotencyKey: key, customerId } = input;
    if (played && 'status' in played) {
      response.writeHead(played.status, played.headers).end();
      return undefined;
    }
    if (played && 'errors' in played) return { data: null, errors: played.errors };
    if (played && 'refusals' in played)
      return { data: { updateCustomer: { write: null, refusals: played.refusals, replayed: false } } };
    if (played?.breaks === 'before') return response.destroy();
    const replayed = stored.has(key);
    const number = String(stored.size + 1).padStart(12, '0');
    const acceptedAt = new Date(Date.UTC(2026, 0, 1) + stored.size).toISOString();
    const known = stored.get(key) ?? { ...input, id: `00000000-0000-7000-8000-${number}`, acceptedAt };
    stored.set(key, known);
    if (played) return response.destroy();
    const { id } = known;
    const shown = { id, state: first, acceptedAt: known.acceptedAt, customer: { id: customerId } };
    return { data: { updateCustomer: { write: shown, refusals: [], replayed } } };
  }

  const seen = new Map<string, number>();
  function outcomes({
    filter,
  }: {
    filter: { customerIds: string[]; acceptedFrom: string; acceptedBefore: string };
  }) {
    looks++;
    const { customerIds, acceptedFrom, acceptedBefore } = filter;
    const asked = [...stored.values()].filter(
      ({ customerId, acceptedAt }) =>
        customerIds.includes(customerId) && acceptedAt >= acceptedFrom && acceptedAt < acceptedBefore,
    );
    const edges = asked.slice(0, 100).map((one) => {
      const times = (seen.get(one.id) ?? 0) + 1;
      seen.set(one.id, times);
      const cause = { code: 'CONFLICT', message: 'Somebody was faster.' };
      const receipts = [{ attribute: 'segment', cause: state(one, times) === 'SUCCEEDED' ? null : cause }];
      return { node: { id: one.id, state: state(one, times), receipts } };
    });
    return {
      data: { customerWrites: { edges, pageInfo: { hasNextPage: asked.length > 100, endCursor: null } } },
    };
  }

  function keys(variables: Record<string, string>): unknown {
    const found = Object.entries(variables)
      .filter(([name]) => name.startsWith('k'))
      .map(([name, key]) => [`c${name.slice(1)}`, key === 'nobody' ? null : { id: `of ${key}` }]);
    return { data: Object.fromEntries(found) as unknown };
  }

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { query, variables } = JSON.parse(await text(request)) as { query: string; variables: unknown };
    const body = query.startsWith('mutation')
      ? await write((variables as { input: Input }).input, response)
      : query.startsWith('query Outcomes')
        ? outcomes(variables as Parameters<typeof outcomes>[0])
        : query.startsWith('query Keys')
          ? keys(variables as Record<string, string>)
          : { data: { __typename: 'Query' } };
    if (!response.headersSent && !response.destroyed)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  const server = createServer((request, response) => void reply(request, response));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    arrived,
    get stored() {
      return [...stored.values()];
    },
    looks: () => looks,
    most: () => most,
  };
}
