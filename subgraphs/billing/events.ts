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
  readonly moved: readonly string[];
} {
  const gone = new Set<string>();
  const moved = new Set<string>();
  for (const { type, data } of events) {
    const { object } = data;
    if ('customer' in object) moved.add(object.customer);
    else (type === 'customer.deleted' ? gone : moved).add(object.id);
  }
  return { gone: [...gone], moved: [...moved].filter((id) => !gone.has(id)) };
}
