import type { Coordination } from '../../coordination/coordination.ts';
import type { Workflows } from '../../coordination/workflows/workflows.ts';
import { coordinationSubgraph } from '../../coordination/index.ts';
import { requestContext, type ContextOptions } from '../../runtime/context.ts';
import { localSubgraph } from '../../runtime/executor.ts';
import type { Principal } from '../../runtime/principal.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { contractOf } from '../../schema/load.ts';
import { writeLike } from './views.ts';

export const id = '0190a0b0-0000-7000-8000-00000000000a';
export const write = writeLike();
const { signal } = new AbortController();
export const request = (given: Partial<ContextOptions> = {}) =>
  requestContext({ timeout: 10_000, signal, ...given });
export const principal = (...scopes: string[]): Principal => ({ subject: 'bob', scopes: new Set(scopes) });

/** The surface over what a test gives of coordination and its workflows; every call is kept. */
export function served(given: Partial<Coordination>, ofWorkflows: Partial<Workflows> = {}) {
  const calls: unknown[][] = [];
  const keeping = <Port extends object>(port: Partial<Port>): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const call = target[name as keyof Port] as ((...parameters: unknown[]) => unknown) | undefined;
        return (...parameters: unknown[]) => {
          calls.push([name, ...parameters.slice(0, -1)]);
          if (!call) throw new Error(`nobody was to call ${String(name)}`);
          return call(...parameters);
        };
      },
    }) as Port;
  const unasked = (): never => {
    throw new Error('nobody was to look into the register');
  };
  const { name, resolvers } = coordinationSubgraph(
    keeping<Coordination>(given),
    keeping<Workflows>(ofWorkflows),
    { rowsOf: () => null, loadersOf: unasked, isBlank: unasked },
    () => Promise.resolve(null),
    () => Promise.reject(new Error('nobody was to count')),
  );
  const subgraph = localSubgraph(name, buildSubgraph(contractOf(name).sdl, resolvers));
  const ask = async (operation: string, variables: Record<string, unknown> = {}, context = request()) => {
    const { data, errors } = await subgraph.prepare(operation)(variables, context);
    return { data, codes: errors?.map(({ extensions }) => extensions?.code) };
  };
  return { ask, calls };
}
