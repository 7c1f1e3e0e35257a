import { followed, type Break } from '../runtime/chain.ts';
import type { Queryable } from '../runtime/db/index.ts';
import { changeOf, logColumns, type LogRow } from './log.ts';
import { waitingIn, type Waiting } from './waiting.ts';

/** What is wrong with the log, and from which position on. */
export interface Fault {
  readonly position: string;
  readonly sentence: string;
}

/** What was found of a log. */
export interface Findings {
  /** Changes that were checked, and found in order. */
  readonly changes: number;
  readonly bySystem: ReadonlyMap<string, number>;
  readonly byKind: ReadonlyMap<string, number>;
  /** Position and time of the first and the last of them. */
  readonly first: Place | null;
  readonly last: Place | null;
  readonly waiting: Waiting;
  /** The first fault; null where all is well. */
  readonly fault: Fault | null;
}

export type Place = Pick<LogRow, 'position' | 'at'>;

export interface VerifyOptions {
  /** The first position to check; the oldest that is kept where absent. */
  readonly from?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many of how many are checked. */
  readonly observe?: (done: number, total: number) => void;
}

/** The log's end and its beginning, as `events_head` says. */
export interface LogEnds {
  readonly position: string;
  readonly hash: string;
  readonly floor: string;
  readonly floor_hash: string;
}

/** Changes that are read at a time. */
const batch = 2_000;

export async function endsOf(db: Queryable): Promise<LogEnds> {
  const [ends] = await db.query<LogEnds>('select position, hash, floor, floor_hash from events_head');
  if (!ends) throw new Error('the log has no head');
  return ends;
}

/**
 * Checks the log up to the end that it has now: no position is missing, each change is as it was told when the next one
 * was, and the end is the one that was written with the last. Others may go on writing meanwhile.
 */
export async function verifyLog(db: Queryable, options: VerifyOptions = {}): Promise<Findings> {
  const { from, signal, observe } = options;
  const ends = await endsOf(db);
  const until = BigInt(ends.position);
  const bySystem = new Map<string, number>();
  const byKind = new Map<string, number>();
  let changes = 0;
  let first: Place | null = null;
  let last: Place | null = null;
  const found = async (fault: Fault | null): Promise<Findings> => ({
    ...{ changes, bySystem, byKind, first, last, fault },
    waiting: await waitingIn(db),
  });

  let done = from === undefined ? BigInt(ends.floor) : from - 1n;
  const begin = await hashAt(db, done, ends);
  if (begin === null) return found(missing(done));
  let hash = begin;
  const total = Number(until - done);
  observe?.(0, total);
  while (done < until && signal?.aborted !== true) {
    const rows = await db.query<LogRow & { hash: string }>(
      `select ${logColumns}, hash from events_log where position > $1 and position <= $2 order by position limit ${batch}`,
      [done, until],
    );
    const expected = done + 1n;
    if (rows[0]?.position !== expected.toString()) {
      // Retention may have taken it meanwhile; what it left begins where it says.
      const now = await endsOf(db);
      if (BigInt(now.floor) < expected) return found(missing(expected));
      done = BigInt(now.floor);
      hash = now.floor_hash;
      continue;
    }
    const { sound, end, broken } = followed({ position: done.toString(), hash }, rows, changeOf);
    for (const row of rows.slice(0, sound)) {
      bySystem.set(row.system, (bySystem.get(row.system) ?? 0) + 1);
      byKind.set(row.kind, (byKind.get(row.kind) ?? 0) + 1);
      last = { position: row.position, at: row.at };
      first ??= last;
    }
    changes += sound;
    if (broken) return found(faultAt(broken));
    [done, hash] = [BigInt(end.position), end.hash];
    observe?.(changes, total);
  }
  if (signal?.aborted === true) return found(null);
  if (done === until && hash !== ends.hash) return found(otherEnd(until));
  return found(await strangerIn(db));
}

/** The hash on which the change after this position stands; null where that change is not there. */
async function hashAt(
  db: Queryable,
  position: bigint,
  { floor, floor_hash }: LogEnds,
): Promise<string | null> {
  if (position === BigInt(floor)) return floor_hash;
  const [row] = await db.query<{ hash: string }>('select hash from events_log where position = $1', [
    position,
  ]);
  return row?.hash ?? null;
}

/** A change where none can be, by one look at both the log and its ends. */
async function strangerIn(db: Queryable): Promise<Fault | null> {
  const [row] = await db.query<{ position: string }>(
    `select l.position from events_log l, events_head h
     where l.position > h.position or l.position <= h.floor order by l.position limit 1`,
  );
  if (!row) return null;
  const { position } = row;
  return { position, sentence: `Change ${position} is outside the log: nobody was told of it.` };
}

const faultAt = ({ position, kind }: Break): Fault =>
  kind === 'MISSING' ? missing(position) : altered(position);
const missing = (position: bigint): Fault => ({
  position: position.toString(),
  sentence: `Change ${position} is missing.`,
});
const altered = (position: bigint): Fault => ({
  position: position.toString(),
  sentence: `Change ${position} is not as it was told, or does not follow from the one before: the log was altered.`,
});
const otherEnd = (position: bigint): Fault => ({
  position: position.toString(),
  sentence: `The log ends with another change ${position} than the one that was told last: it was altered.`,
});
