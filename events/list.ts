import type { RequestContext } from '../runtime/context.ts';
import type { Change } from './change.ts';
import { cursorAt } from './cursor.ts';
import type { Following } from './follow.ts';
import { told, type Told } from './told.ts';

/** Part of the time that is left for a request after which it is answered with what there is. */
const patience = 0.5;

/** A page of changes. */
export interface Listed {
  readonly found: readonly Told[];
  /** Everything up to here was looked at. */
  readonly until: string;
  /** Whether there is more to look at. */
  readonly more: boolean;
}

/**
 * The changes after a position that match, at most so many. It may be fewer although there are more, where what is sought
 * is so rare that there is no time to look for all of it.
 * @param seen those of entities that whoever asks sees
 */
export async function listed(
  after: string,
  size: number,
  { log, tail, filter, matches }: Following,
  { deadline }: Pick<RequestContext, 'deadline'>,
  seen: (changes: readonly Change[]) => Promise<readonly Change[]>,
): Promise<Listed> {
  const found: Told[] = [];
  const enough = Date.now() + (deadline - Date.now()) * patience;
  for (let at = after; ;) {
    const page = await log.page(at, filter, size + 1);
    for (const change of await seen(page.changes.filter(matches))) {
      if (found.length === size) return { found, until: found.at(-1)?.change.position ?? at, more: true };
      found.push(told(change, cursorAt(tail, change.position)));
    }
    at = page.until;
    if (!page.more || Date.now() >= enough) return { found, until: at, more: page.more };
  }
}
