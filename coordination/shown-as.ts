import type { WriteView } from './coordination.ts';
import type { Left } from './drive.ts';
import type { Stored } from './journal.ts';
import { isOver } from './write.ts';

/** A write that was carried out here, as it is on disk; null where more is to be told than is known here. Pure. */
export function shownAs(accepted: Stored, left: Left | null): WriteView | null {
  if (!left || left.copied || !isOver(left.write.state)) return null;
  const { settledAt, write } = left;
  return { ...accepted, ...write, settledAt, copies: [] };
}
