import type { PreparedFetch, SubgraphResult } from '../../runtime/executor.ts';
import type { Run } from './run.ts';

/** What a subgraph answered, or that it did not in time. */
export type Settled = SubgraphResult | 'late';

/** One prepared operation of one subgraph. */
export interface Fetch {
  readonly system: string;
  readonly prepared: PreparedFetch;
}

/**
 * Runs a fetch and hands its answer over exactly once: in the same tick where the subgraph answers at once, as `late`
 * where the run's signal is aborted first. `keys` is the number of entities asked for.
 */
export function call(
  run: Run,
  fetch: Fetch,
  variables: Readonly<Record<string, unknown>>,
  keys: number,
  settle: (settled: Settled) => void,
): void {
  const settled = run.context.observe ? observed(run, fetch.system, keys, settle) : settle;
  if (run.expired) {
    settled('late');
    return;
  }
  const answer = fetch.prepared(variables, run.context);
  if (answer instanceof Promise) wait(run, answer, settled);
  else settled(answer);
}

function wait(run: Run, answer: Promise<SubgraphResult>, settle: (settled: Settled) => void): void {
  const expire = (): void => {
    settle('late');
  };
  run.waiting.add(expire);
  answer.then(
    (result) => {
      if (!run.waiting.delete(expire)) return;
      try {
        settle(result);
      } catch (fault) {
        run.crash(fault);
      }
    },
    (fault: unknown) => {
      if (run.waiting.delete(expire)) run.crash(fault);
    },
  );
}

function observed(
  run: Run,
  system: string,
  keys: number,
  settle: (settled: Settled) => void,
): (settled: Settled) => void {
  const startedAt = performance.now() - run.began;
  return (settled) => {
    const failed = failureOf(settled);
    run.context.observe?.({
      system,
      kind: 'fetch',
      startedAt,
      took: performance.now() - run.began - startedAt,
      keys,
      ...(failed === undefined ? {} : { failed }),
    });
    settle(settled);
  };
}

function failureOf(settled: Settled): string | undefined {
  if (settled === 'late') return 'DEADLINE_EXCEEDED';
  const code = settled.errors?.[0] && (settled.errors[0].extensions?.code ?? 'INTERNAL_SERVER_ERROR');
  return typeof code === 'string' ? code : undefined;
}
