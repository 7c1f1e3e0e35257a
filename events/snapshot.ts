import type { Members } from '../identity/index.ts';
import { Failure } from '../runtime/failure.ts';
import type { Rows } from '../runtime/rows.ts';
import { cursorAt } from './cursor.ts';
import { hasEnded, type Ending } from '../runtime/ending.ts';
import type { ChangeFilter } from './log.ts';
import type { HavingTags } from './tagged.ts';
import { told, type Snapshot, type Told } from './told.ts';

/** Entities that are looked for at a time. */
const page = 100;

/** Where a snapshot stands that was not told to its end. */
export interface Unfinished {
  /** The cursor of the last change that is in it. */
  readonly cursor: string;
  /** The id of the entity that was told last. */
  readonly member: string;
}

const mark = '~';

/**
 * What a cursor says of an unfinished snapshot; null where it is of a change.
 * @throws Failure INVALID_CURSOR
 */
export function unfinishedOf(cursor: string): Unfinished | null {
  const [position = '', id, ...rest] = cursor.split(mark);
  if (id === undefined) return null;
  const bytes = Buffer.from(id, 'base64url');
  if (rest.length > 0 || bytes.length !== 16 || bytes.toString('base64url') !== id)
    throw new Failure('INVALID_CURSOR', 'This is no cursor of the change feed; use one that it gave.');
  return {
    cursor: position,
    member: bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  };
}

/** The cursor from which an unfinished snapshot goes on; at most 43 characters. */
export function cursorOfUnfinished({ cursor, member }: Unfinished): string {
  return cursor + mark + Buffer.from(member.replaceAll('-', ''), 'hex').toString('base64url');
}

export interface SnapshotOptions {
  readonly members: Members;
  readonly havingTags: HavingTags;
  readonly filter: ChangeFilter;
  /** Entities that are seen. */
  readonly rows: Rows;
  /** Of the log. */
  readonly epoch: string;
  /** The last change that is in it. */
  readonly position: string;
  /** The id of the entity behind which it goes on; null for the beginning. */
  readonly behind: string | null;
}

/**
 * Every entity that matches, as it is now. With the cursor of the last one the changes go on, with that of any other one
 * the rest of the snapshot: whoever breaks off in the middle misses nothing.
 */
export async function* snapshot(
  { members, havingTags, filter, rows, epoch, position, behind }: SnapshotOptions,
  ending: Ending,
): AsyncGenerator<Told<Snapshot>, void> {
  const { entityIds: ids, systems: knownTo } = filter;
  const cursor = cursorAt({ epoch }, position);
  const at = new Date().toISOString();
  const entry = (entityId: string, resume: string): Told<Snapshot> =>
    told({ kind: 'SNAPSHOT', entityId, position, at }, resume);
  // One is held back, so that the last one is known to be the last.
  let held: string | null = null;
  for (let after = behind; ;) {
    const found = await members({
      after,
      limit: page,
      rows,
      ...(ids && { ids }),
      ...(knownTo && { knownTo }),
    });
    const matching = filter.tags && found.length > 0 ? await havingTags(found, filter) : null;
    for (const member of found) {
      if (matching && !matching.has(member)) continue;
      if (held !== null) yield entry(held, cursorOfUnfinished({ cursor, member: held }));
      if (hasEnded(ending)) return;
      held = member;
    }
    after = found.at(-1) ?? after;
    if (found.length < page || hasEnded(ending)) break;
  }
  if (held !== null && !hasEnded(ending)) yield entry(held, cursor);
}
