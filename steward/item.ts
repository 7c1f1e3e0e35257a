import { offers, type Decision, type Kind, type Offer } from './kinds.ts';
import type { Item } from './raise.ts';

/** `PROPOSED` waits for a second person, `DECIDED` is being continued. */
export type State = 'OPEN' | 'PROPOSED' | 'DECIDED' | 'CLOSED';

/** A decision that was taken or proposed. */
export interface Verdict {
  readonly decision: Decision;
  /** Id of the customer that it names; null where it names none. */
  readonly customer: string | null;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601 in UTC, as all times here. */
  readonly at: string;
  /** Scopes of which a second person needs all before it holds; empty where nobody has to approve. */
  readonly approve: readonly string[];
  readonly approvedBy: string | null;
}

/** Something that has happened to an item. */
export interface ItemEvent {
  readonly at: string;
  /** Null for the graph itself. */
  readonly by: string | null;
  readonly event: 'ASSIGNED' | 'PROPOSED' | 'APPROVED' | 'DECLINED' | 'DECIDED' | 'REFUSED' | 'CLOSED';
  readonly decision?: Decision;
  readonly reason?: string | null;
  readonly code?: string;
  readonly assignee?: string | null;
}

/** An item as it is stored. */
export interface StoredItem extends Required<Omit<Item, 'offered'>> {
  readonly id: string;
  /** Null: all that its kind has. */
  readonly offered: readonly Decision[] | null;
  readonly state: State;
  readonly assignee: string | null;
  readonly decision: Verdict | null;
  readonly history: readonly ItemEvent[];
  readonly raisedAt: string;
  readonly dueAt: string;
  readonly closedAt: string | null;
}

/** What can be decided about an item, whatever its state. */
export function offersOf({
  kind,
  offered,
}: Pick<StoredItem, 'kind' | 'offered'>): readonly (readonly [Decision, Offer])[] {
  const all = Object.entries(offers[kind] satisfies Partial<Record<Decision, Offer>>) as [Decision, Offer][];
  return offered === null ? all : all.filter(([decision]) => offered.includes(decision));
}

export type { Decision, Kind };
