import { isDuplicate, type Queryable } from '../../runtime/db/index.ts';
import { Failure } from '../../runtime/failure.ts';
import { tracing } from '../call.ts';
import type { Wire, WireRequest, WireResponse } from '../wire.ts';
import { createFaults, type Faults, type Refusals, type Serve } from './faults.ts';
import { serveHook, type Message } from './hook.ts';

/** One route of a sandbox's API; `:name` in its path is given to `serve` as a parameter. */
export interface Route {
  readonly method: WireRequest['method'];
  readonly path: string;
  readonly serve: (
    request: WireRequest,
    parameters: Readonly<Record<string, string>>,
  ) => Promise<WireResponse>;
}

export interface SandboxOptions {
  readonly name: string;
  readonly db: Queryable;
  readonly routes: readonly Route[];
  readonly refusals: Refusals;
  readonly notFound: WireResponse;
  /** What hooks are told; nothing where absent. */
  readonly message?: Message;
  readonly random?: () => number;
}

/** A system of record of our own: real behaviour, real faults, and a log that is not ours to write. */
export interface Sandbox {
  readonly name: string;
  readonly faults: Faults;
  readonly message: Message;
  /** Calls since the last reset, by method and route: `GET /v1/customers`. */
  calls(): Readonly<Record<string, number>>;
  resetCalls(): void;
  /** Serves the system's API, under `/hooks` where it tells what is done, and under `/sandbox` faults, calls and history. */
  readonly serve: Serve;
  /** The way to it from this process. */
  readonly wire: Wire;
}

/** An answer with a JSON body. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** The answer of a write; `taken` where the store found that a value which must be unique is in use already. */
export async function unlessTaken(
  write: () => Promise<WireResponse>,
  taken: WireResponse,
): Promise<WireResponse> {
  try {
    return await write();
  } catch (failed) {
    if (isDuplicate(failed)) return taken;
    throw failed;
  }
}

/** A sandbox over the routes of one system. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { name, db, routes, refusals, notFound, message = () => null, random } = options;
  const faults = createFaults(refusals, random);
  const counts = new Map<string, number>();
  const table = routes.map((route) => ({ route, steps: route.path.split('/') }));

  async function serveSystem(request: WireRequest): Promise<WireResponse> {
    const steps = request.path.split('/');
    for (const { route, steps: pattern } of table) {
      const parameters = route.method === request.method ? matched(pattern, steps) : null;
      if (parameters) return route.serve(request, parameters);
    }
    return notFound;
  }

  function count(request: WireRequest): void {
    const steps = request.path.split('/');
    const route = table.find(({ steps: pattern }) => matched(pattern, steps) !== null)?.route;
    const line = `${request.method} ${route?.path ?? '?'}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }

  const withFaults = faults.through(serveSystem);
  const serve: Serve = async (request, signal) => {
    if (request.path.startsWith('/sandbox/')) return control(request);
    if (request.path === '/hooks') {
      const { status, body } = await serveHook(db, name, request);
      return json(status, body);
    }
    count(request);
    return withFaults(request, signal);
  };

  async function control(request: WireRequest): Promise<WireResponse> {
    switch (`${request.method} ${request.path}`) {
      case 'GET /sandbox/faults':
        return json(200, faults.list());
      case 'PUT /sandbox/faults':
        try {
          faults.set(request.body);
        } catch (error) {
          return json(400, { error: error instanceof Error ? error.message : 'not a list of faults' });
        }
        return json(200, faults.list());
      case 'GET /sandbox/calls':
        return json(200, Object.fromEntries(counts));
      case 'DELETE /sandbox/calls':
        counts.clear();
        return json(204, null);
      case 'GET /sandbox/history':
        return json(
          200,
          await db.query(
            `select seq, at, entity, key, kind, version, wire_key, body from sandbox_history
             where entity like $1 and seq > $2 order by seq limit 1000`,
            [`${name}\\_%`, request.query?.after ?? '0'],
          ),
        );
      default:
        return json(404, { error: 'try /sandbox/faults, /sandbox/calls or /sandbox/history' });
    }
  }

  return {
    name,
    faults,
    message,
    calls: () => Object.fromEntries(counts),
    resetCalls: () => {
      counts.clear();
    },
    serve,
    wire: async (request, call) => {
      const headers = { ...request.headers, ...tracing(call) };
      const answer = await serve({ ...request, headers }, call.signal);
      if (answer) return answer;
      throw new Failure('SYSTEM_UNAVAILABLE', `The system "${name}" gave no answer.`, { system: name });
    },
  };
}

function matched(pattern: readonly string[], steps: readonly string[]): Record<string, string> | null {
  if (pattern.length !== steps.length) return null;
  const parameters: Record<string, string> = {};
  for (const [i, step] of pattern.entries()) {
    const given = steps[i] ?? '';
    if (step.startsWith(':')) parameters[step.slice(1)] = decodeURIComponent(given);
    else if (step !== given) return null;
  }
  return parameters;
}
