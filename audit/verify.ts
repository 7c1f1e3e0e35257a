import type { Db } from '../runtime/db/index.ts';
import { followed, type Break, type Link } from '../runtime/chain.ts';
import { headOf, sealedIn } from './chain.ts';
import type { Fault } from './fault.ts';
import { waitingIn, type Waiting } from './gauges.ts';
import { following } from './log.ts';
import type { Witness } from './witness.ts';

/** What was found of the audit. */
export interface Findings {
  /** Entries that were checked, and found in order. */
  readonly entries: number;
  readonly byAction: ReadonlyMap<string, number>;
  /** Position and time of the last of them. */
  readonly last: Place | null;
  readonly waiting: Waiting;
  /** The first fault; null where all is well. */
  readonly fault: Fault | null;
}

interface Place {
  readonly position: string;
  readonly at: string;
}

export interface VerifyOptions {
  /** Who signed the chain: each is asked about every stretch of it, and in the end about the whole. */
  readonly witnesses: readonly Witness[];
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many of how many are checked. */
  readonly observe?: (done: number, total: number) => void;
}

/** Entries that are read at a time. */
const batch = 2_000;

/**
 * Checks the audit up to the end that it has now: no position is missing, each entry is as it was when the next one was
 * sealed, the end is the one that was sealed last, and all of it is what was signed. Others may go on writing meanwhile.
 */
export async function verifyAudit(db: Db, { witnesses, signal, observe }: VerifyOptions): Promise<Findings> {
  const head = await headOf(db);
  const until = BigInt(head.position);
  const byAction = new Map<string, number>();
  let end: Link = { position: '0', hash: '' };
  let last: Place | null = null;
  let entries = 0;
  const found = async (fault: Fault | null): Promise<Findings> => ({
    ...{ entries, byAction, last, fault },
    waiting: await waitingIn(db),
  });

  observe?.(0, Number(until));
  while (BigInt(end.position) < until && signal?.aborted !== true) {
    const rows = await following(db, BigInt(end.position), until, batch);
    if (rows.length === 0) return found(faultAt({ position: BigInt(end.position) + 1n, kind: 'MISSING' }));
    const walked = followed(end, rows, sealedIn);
    const sound = rows.slice(0, walked.sound);
    for (const { entry } of sound) byAction.set(entry.action, (byAction.get(entry.action) ?? 0) + 1);
    entries += sound.length;
    last = sound.at(-1) ?? last;
    for (const witness of witnesses) {
      const fault = await witness.heard(sound, head);
      if (fault) return found(fault);
    }
    if (walked.broken) return found(faultAt(walked.broken));
    end = walked.end;
    observe?.(entries, Number(until));
  }
  if (signal?.aborted === true) return found(null);
  if (end.hash !== head.hash) return found(otherEnd(until));
  for (const witness of witnesses) {
    const fault = await witness.ended(await headOf(db));
    if (fault) return found(fault);
  }
  return found(await strangerIn(db));
}

/** An entry where none can be, by one look at both the chain and its end. */
async function strangerIn(db: Db): Promise<Fault | null> {
  const [row] = await db.query<{ position: string }>(
    `select l.position from audit_log l, audit_head h
     where l.position > h.position or l.position < 1 order by l.position limit 1`,
  );
  if (!row) return null;
  const { position } = row;
  return { position, sentence: `Entry ${position} is outside the chain: it was never sealed.` };
}

function faultAt({ position, kind }: Break): Fault {
  const sentence =
    kind === 'MISSING'
      ? `Entry ${position} is missing.`
      : `Entry ${position} is not as it was sealed, or does not follow from the one before: the audit was altered.`;
  return { position: position.toString(), sentence };
}

const otherEnd = (position: bigint): Fault => ({
  position: position.toString(),
  sentence: `The audit ends with another entry ${position} than the one that was sealed last: it was altered.`,
});
