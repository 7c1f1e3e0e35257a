import type * as contract from '../schema/generated/steward.ts';
import { cursorOf } from './asked.ts';
import { offersOf, type ItemEvent, type StoredItem, type Verdict } from './item.ts';
import type { Count, Place } from './items.ts';

/** An item in the contract's form; customers and writes are named by their keys. */
export function shownItem(item: StoredItem): contract.WorkItem {
  const { id, kind, key, state, sides, evidence, waiting, assignee, closedAt, history } = item;
  return {
    ...{ id, kind, key, state, assignee },
    sides: sides.map(({ customer, system = null, key: record = null }) => ({
      customer: customer === undefined ? null : named(customer),
      ...{ system, key: record },
    })),
    evidence: Object.entries(evidence).map(([name, values]) => ({ name, values })),
    write: waiting.write === undefined ? null : { id: waiting.write },
    raisedAt: instant(item.raisedAt),
    dueAt: instant(item.dueAt),
    closedAt: closedAt && instant(closedAt),
    offers:
      state === 'OPEN'
        ? offersOf(item).map(([decision, { approve = [], customer = false }]) => ({
            ...{ decision, approve },
            customerRequired: customer,
          }))
        : [],
    decision: item.decision && shownVerdict(item.decision),
    history: history.map(shownEvent),
  };
}

/** A page in the contract's form, out of rows of which the last may only say that there is another page. */
export function shownPage(
  rows: readonly StoredItem[],
  { most, after }: { readonly most: number; readonly after: Place | null },
): contract.WorkItemConnection {
  const edges = rows.slice(0, most).map((item) => ({ cursor: cursorOf(item), node: shownItem(item) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > most,
      // A cursor is of an edge, so there is at least that one before the page.
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

export function shownCount({ kind, open, overdue, oldestRaisedAt }: Count): contract.WorkItemCount {
  return { kind, open, overdue, oldestRaisedAt: instant(oldestRaisedAt) };
}

function shownVerdict({ customer, at, ...verdict }: Verdict): contract.WorkItemVerdict {
  return { ...verdict, customer: customer === null ? null : named(customer), at: instant(at) };
}

function shownEvent({ at, by, event, ...rest }: ItemEvent): contract.WorkItemEvent {
  const { decision = null, reason = null, code = null, assignee = null } = rest;
  return { at: instant(at), by, event, decision, reason, code, assignee };
}

/** By its key alone: the gateway reads the rest. */
function named(id: string): contract.Customer {
  return { id } as contract.Customer;
}

/** Stores differ in how they write UTC. */
function instant(text: string): string {
  return new Date(text).toISOString();
}
