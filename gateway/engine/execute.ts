import type { RequestContext } from '../../runtime/context.ts';
import type { PreparedFetch } from '../../runtime/executor.ts';
import { executedAnswer, type Answer } from './answer.ts';
import type { Introspect } from './introspection.ts';
import { tellRest } from './odd.ts';
import type { Run, Step } from './run.ts';
import type { Serialiser } from './serialise.ts';

/** A compiled operation: what to do, and how to tell the result. */
export interface Compiled {
  readonly step: Step;
  readonly serialiser: Serialiser;
  readonly introspect: Introspect;
  /** As in `Answer`. */
  readonly personal: readonly string[];
}

export interface Execution {
  /** As the client sent them. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** As in `Run`. */
  readonly event?: PreparedFetch;
}

/** Runs a compiled operation. At once where every subgraph answers at once. Rejects only for a fault of our own. */
export function execute(compiled: Compiled, execution: Execution): Answer | Promise<Answer> {
  const { context } = execution;
  let settled: Answer | undefined;
  let deliver = (answer: Answer): void => {
    settled = answer;
  };
  let crash = (fault: unknown): void => {
    throw fault;
  };
  const run: Run = {
    data: {},
    variables: execution.variables,
    event: execution.event,
    context,
    began: context.observe ? performance.now() : 0,
    failures: undefined,
    waiting: new Set(),
    expired: false,
    errors: [],
    refused: 0,
    introspection: compiled.introspect(execution.given),
    crash: (fault) => {
      crash(fault);
    },
  };
  compiled.step(run, () => {
    const text = compiled.serialiser.text(run, run.data);
    if (run.refused > 0) tellRest(run);
    deliver(executedAnswer(text, run.errors, compiled.personal, context.correlationId));
  });
  if (settled) return settled;

  return new Promise<Answer>((resolve, reject) => {
    const { signal } = context;
    const expire = (): void => {
      expireAll(run);
    };
    deliver = (answer) => {
      signal.removeEventListener('abort', expire);
      resolve(answer);
    };
    crash = (fault) => {
      signal.removeEventListener('abort', expire);
      reject(fault instanceof Error ? fault : new Error('A subgraph rejected.', { cause: fault }));
    };
    if (signal.aborted) expire();
    else signal.addEventListener('abort', expire, { once: true });
  });
}

/** Nobody waits any more: what has not answered is settled as late, and nothing more is asked. */
function expireAll(run: Run): void {
  run.expired = true;
  const waiting = [...run.waiting];
  run.waiting.clear();
  for (const settle of waiting) settle();
}
