import type { RequestContext } from '../../runtime/context.ts';
import type { Subgraph } from '../../runtime/executor.ts';
import { isStream, type PreparedStream } from '../../runtime/stream.ts';
import type { FetchNode } from '../planner.ts';
import { refusalOf, type Answer, type Refusal } from './answer.ts';
import { correlated, exposed, unusable, type AnswerError } from './errors.ts';
import { execute, type Compiled, type Execution } from './execute.ts';
import { variablePicker } from './fetch.ts';
import type { Data } from './representations.ts';

/** A subscription that has begun. */
export interface Subscription {
  /** As in `SubgraphStream`. */
  readonly events: AsyncIterable<unknown>;
  /** What is asked, so that equal ones can be told: the same object for the same operation. */
  readonly operation: object;
  /** Those that decide what is answered. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Coordinates of the personal data that its answers show whole. */
  readonly personal: readonly string[];
  /** The answer to an event: what its source tells of it, completed by the rest of the plan. Throws as `run` does. */
  answer(event: unknown, context: RequestContext): Answer | Promise<Answer>;
  /** What a subscriber is told where the events end with a fault. */
  readonly told: (fault: unknown) => AnswerError;
}

/** Where the events of an operation come from. */
export interface Source {
  /** As in `Subscription`. */
  readonly told: Subscription['told'];
  readonly system: string;
  readonly prepared: PreparedStream;
  readonly pick: (from: Pick<Execution, 'variables'>) => Data;
}

export function sourceFor(node: FetchNode, subgraph: Subgraph): Source {
  return {
    system: node.serviceName,
    told: (fault) => exposed(toldBy(fault), node.serviceName),
    prepared:
      subgraph.subscribe?.(node.operation) ??
      (() => Promise.resolve({ errors: [unusable(node.serviceName)] })),
    pick: variablePicker(node.variableUsages),
  };
}

/** Begins a subscription; a refusal says why there is none. */
export async function begin(
  compiled: Compiled,
  { system, prepared, pick, told }: Source,
  execution: Execution,
  shaping: ReadonlySet<string>,
): Promise<Subscription | Refusal> {
  const begun = await prepared(pick(execution), execution.context);
  if (!isStream(begun)) {
    const errors = begun.errors?.length ? begun.errors : [unusable(system)];
    const told = errors.map((error) => exposed(error, system));
    return refusalOf(correlated(told, execution.context.correlationId));
  }
  return {
    events: begun.events,
    operation: compiled,
    personal: compiled.personal,
    variables: Object.fromEntries(Object.entries(execution.variables).filter(([name]) => shaping.has(name))),
    answer: (event, context) =>
      execute(compiled, { ...execution, context, event: (_, inner) => begun.resolve(event, inner) }),
    told,
  };
}

/** An error's own words are only passed on with a code that callers may know. */
function toldBy(fault: unknown): Parameters<typeof exposed>[0] {
  if (!(fault instanceof Error)) return { message: '' };
  const { extensions } = fault as { readonly extensions?: Readonly<Record<string, unknown>> };
  return { message: fault.message, extensions };
}
