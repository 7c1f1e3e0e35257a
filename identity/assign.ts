import { entryOf, type Entry } from './columns.ts';
import type { Facts } from './facts.ts';
import type { Keying } from './keying.ts';
import { recordName, type LocalRecord } from './systems.ts';

/** A customer to enrol: the records that are known to be the same customer, and what is known of it. */
export interface Enrolment {
  /** A uuid, where the customer's id is given from outside; otherwise the register makes one. */
  readonly id?: string | undefined;
  readonly records: readonly LocalRecord[];
  /** A record that one of `records` names as the same customer. It is linked as well, unless it was linked before. */
  readonly refersTo?: LocalRecord | undefined;
  /** What the customer is found by until its systems state facts themselves. */
  readonly facts: Facts;
}

/** What the register knows already of the ids and records in a batch of enrolments. */
export interface Known {
  /** Survivor of each given id that exists. */
  readonly ids: ReadonlyMap<string, string>;
  /** Customer of each record that is linked, by `recordName`. */
  readonly open: ReadonlyMap<string, string>;
  /** Customer of each record that was linked once and is not now, by `recordName`. */
  readonly closed: ReadonlyMap<string, string>;
}

/** What to write for a batch of enrolments. */
export interface Assignment {
  /** The customer of each enrolment, in the order of the batch. */
  readonly holders: readonly string[];
  readonly registered: readonly (Entry & { readonly id: string })[];
  readonly linked: readonly (LocalRecord & { readonly customerId: string })[];
}

/**
 * Decides which customer each record of a batch belongs to. A record that has a customer keeps it. New records go to the
 * customer with the given id, if there is one; failing that, to the customer of the first record that has one; failing
 * that, to the one that a record belonged to before; failing that, to a new customer, with the given id if any. In each
 * of these steps the record that is referred to comes last.
 */
export function assign(
  batch: readonly Enrolment[],
  known: Known,
  keying: Keying,
  newId: () => string,
): Assignment {
  const ids = new Map(known.ids);
  const open = new Map(known.open);
  const registered: (Entry & { id: string })[] = [];
  const linked: (LocalRecord & { customerId: string })[] = [];
  const link = ({ system, key }: LocalRecord, customerId: string) => {
    open.set(recordName({ system, key }), customerId);
    linked.push({ system, key, customerId });
  };

  const holders = batch.map(({ id, records, refersTo, facts }) => {
    const related = refersTo ? [...records, refersTo] : records;
    const first = (holdersOf: ReadonlyMap<string, string>) =>
      related.map((record) => holdersOf.get(recordName(record))).find((holder) => holder !== undefined);
    let holder = (id === undefined ? undefined : ids.get(id)) ?? first(open) ?? first(known.closed);
    if (holder === undefined) {
      holder = id ?? newId();
      ids.set(holder, holder);
      registered.push({ id: holder, ...entryOf(keying(facts)) });
    }
    for (const record of records) if (!open.has(recordName(record))) link(record, holder);
    if (refersTo && !open.has(recordName(refersTo)) && !known.closed.has(recordName(refersTo))) {
      link(refersTo, holder);
    }
    return holder;
  });
  return { holders, registered, linked };
}
