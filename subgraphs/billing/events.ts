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
 * The customers that events are about, each once: as the last event shows it, or to be read again where only a row below
 * it has changed. Pure.
 */
export function customersChanged(events: readonly BillingEvent[]): {
  readonly known: readonly (ShownCustomer | { readonly id: string; readonly deleted: true })[];
  readonly moved: readonly string[];
} {
  const known = new Map<string, ShownCustomer | { readonly id: string; readonly deleted: true }>();
  const moved = new Set<string>();
  for (const { type, data } of events) {
    const { object } = data;
    if ('customer' in object) moved.add(object.customer);
    else known.set(object.id, type === 'customer.deleted' ? { id: object.id, deleted: true } : object);
  }
  return { known: [...known.values()], moved: [...moved].filter((id) => !known.has(id)) };
}
