import type { Db } from '../runtime/db/index.ts';
import type { PublicKeys } from '../runtime/seal.ts';
import { headOf } from './chain.ts';
import { storedAfter, type Checkpoint } from './checkpoint.ts';
import { checkpointsIn } from './checkpoints-file.ts';
import { uncovered } from './coverage.ts';
import type { Fault } from './fault.ts';
import { following } from './log.ts';
import { verifyAudit, type Findings } from './verify.ts';
import { witnessOf, type Witness } from './witness.ts';

/** Everything that was found, and what stands against it. */
export interface Verdict {
  readonly findings: Findings;
  readonly fault: Fault | null;
  /** The newest checkpoint that the audit agrees with; undefined where nothing is signed. */
  readonly signed: Checkpoint | null | undefined;
}

export interface JudgeOptions {
  /** Null where nothing is signed. */
  readonly keys: PublicKeys | null;
  /** Where checkpoints are outside the store. */
  readonly file: string | undefined;
  /** Milliseconds. */
  readonly patience: number;
  readonly age: number | null;
  readonly signal?: AbortSignal;
  readonly observe?: (done: number, total: number) => void;
}

/** The audit with everything that bears witness to it. */
export async function judge(
  db: Db,
  { keys, file, patience, age, signal, observe }: JudgeOptions,
): Promise<Verdict> {
  const stored = keys && witnessOf(storedIn(db), keys, 'the store');
  const filed = keys && file !== undefined ? witnessOf(checkpointsIn(file), keys, 'the file') : null;
  const witnesses = [stored, filed].filter((one): one is Witness => one !== null);
  const findings = await verifyAudit(db, { witnesses, signal, ...(observe ? { observe } : {}) });
  if (!stored || findings.fault || signal?.aborted === true)
    return { findings, fault: findings.fault, signed: stored?.last() };
  const head = await headOf(db);
  const newest = filed ? filed.last() : stored.last();
  const [unsigned] = await following(db, BigInt(newest?.position ?? '0'), BigInt(head.position), 1);
  const fault = uncovered({
    ...{ head, stored: stored.last(), filed: filed?.last(), unsignedSince: unsigned?.at ?? null },
    ...{ now: Date.now(), late: patience, age },
  });
  return { findings, fault, signed: newest };
}

async function* storedIn(db: Db): AsyncGenerator<Checkpoint, void> {
  for (let number = 0; ;) {
    const some = await storedAfter(db, number, 1_000);
    yield* some;
    const last = some.at(-1);
    if (!last) return;
    number = last.number;
  }
}
