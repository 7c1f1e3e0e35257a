import { resumeAt } from '../runtime/stream.ts';
import type { Change } from './change.ts';

/** An entity as it is, told because a snapshot was asked for. */
export interface Snapshot {
  readonly kind: 'SNAPSHOT';
  readonly entityId: string;
  /** The last change that is in it. */
  readonly position: string;
  /** When it was taken, ISO 8601 in UTC. */
  readonly at: string;
}

/** What a subscriber is told: one object for all who hear of the same change, so that they can share what is made of it. */
export interface Told<C extends Change | Snapshot = Change> {
  readonly change: C;
  /** Goes on after it. */
  readonly cursor: string;
  readonly [resumeAt]: string;
}

export function told<C extends Change | Snapshot>(change: C, cursor: string): Told<C> {
  return { change, cursor, [resumeAt]: cursor };
}
