import type { BillingRows, ShownCustomer } from './customer.ts';

/** An event of the billing system's feed: the object as it then was. */
export interface BillingEvent {
  readonly id: string;
  readonly type: string;
  readonly data: {
    readonly object: ShownCustomer | (BillingRows[keyof BillingRows] & { readonly object: string });
  };
}

/**
 * The customers that events are about, each once: those that are gone, and those to be read. As an event shows a customer
 * it was then, which may be long ago, and before a change of ours. Pure.
 */
export function customersChanged(events: readonly BillingEvent[]): {
  readonly gone: readonly string[];
  /** With the kinds of rows below them that have changed. */
  readonly moved: ReadonlyMap<string, readonly string[]>;
} {
  const gone = new Set<string>();
  const moved = new Map<string, readonly string[]>();
  for (const { type, data } of events) {
    const { object } = data;
    const [key, kinds] = 'customer' in object ? [object.customer, [object.object]] : [object.id, []];
    if (type === 'customer.deleted') gone.add(key);
    else moved.set(key, [...new Set([...(moved.get(key) ?? []), ...kinds])]);
  }
  for (const key of gone) moved.delete(key);
  return { gone: [...gone], moved };
}
