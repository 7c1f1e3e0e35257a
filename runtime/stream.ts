import type { RequestContext } from './context.ts';
import type { SubgraphResult } from './result.ts';

/** On an event of a stream: the cursor from which the stream goes on behind it. */
export const resumeAt: unique symbol = Symbol('resumeAt');

/** The cursor of an event; undefined where its stream has none. */
export function resumeOf(event: unknown): string | undefined {
  return typeof event === 'object' &&
    event !== null &&
    resumeAt in event &&
    typeof event[resumeAt] === 'string'
    ? event[resumeAt]
    : undefined;
}

/**
 * On an iterator of events: gives the next one without a promise where it is at hand; undefined where it has to be waited
 * for with `next`, or where there is none any more.
 */
export const atHand: unique symbol = Symbol('atHand');

/** An iterator that may have the next at hand. */
export interface Events<T = unknown> extends AsyncIterator<T> {
  [atHand]?(): T | undefined;
}

/** Events of a subscription of one subgraph, as they come from their source. */
export interface SubgraphStream {
  /**
   * Pulled one at a time; ended by `return`, and by the signal of the context that it was begun with. Rejects with
   * what went wrong, a Failure where the caller may know. The same event may be given to many subscribers: where it is
   * the same object, what is selected of it is executed once for all who may read the same.
   */
  readonly events: AsyncIterable<unknown>;
  /** What the operation selects of an event. Never rejects. */
  resolve(event: unknown, context: RequestContext): Promise<SubgraphResult> | SubgraphResult;
}

/**
 * One subscription of one subgraph, prepared once and begun for each subscriber; a result in place of a stream says why
 * there is none. Never rejects. The context is that of the subscriber: its deadline is Infinity, and its signal is
 * aborted when the subscriber is gone.
 */
export type PreparedStream = (
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<SubgraphResult | SubgraphStream>;

/** Whether a subscription has begun. */
export function isStream(begun: SubgraphResult | SubgraphStream): begun is SubgraphStream {
  return 'events' in begun;
}
