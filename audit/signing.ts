import type { Db, Queryable } from '../runtime/db/index.ts';
import type { Seal } from '../runtime/seal.ts';
import { hashAt, type Head } from './chain.ts';
import { isDue, lastStored, signed, store, type Checkpoint, type Pace } from './checkpoint.ts';

/** What came of a look whether to sign. */
export interface Signing {
  /** The newest checkpoint; null where there is none, or somebody else is at the chain just now. */
  readonly last: Checkpoint | null;
  /** Why nothing may be signed, in a sentence; null where all is well. */
  readonly broken: string | null;
}

/**
 * Signs where the chain stands, if that is due, while nobody adds to it. What was known to be signed must still be there:
 * a chain that was cut or rebuilt is not signed as if it were the same.
 * @param known the newest checkpoint that this process knows of, from wherever
 */
export async function signIfDue(db: Db, seal: Seal, known: Checkpoint | null, pace: Pace): Promise<Signing> {
  return db.transaction(async (tx) => {
    const [head] = await tx.query<Head & { readonly now: string }>(
      `select epoch, position, hash, date_trunc('milliseconds', clock_timestamp()) as now
       from audit_head for update skip locked`,
    );
    if (!head) return { last: null, broken: null };
    const last = await lastStored(tx);
    if (!isDue(head, last, Date.parse(head.now), pace)) return { last, broken: null };
    const broken =
      (await contradiction(tx, head, last, known)) ?? (await contradiction(tx, head, last, last));
    if (broken !== null) return { last: null, broken };
    const next = signed(head, (last?.number ?? 0) + 1, head.now, seal);
    await store(tx, next);
    return { last: next, broken: null };
  });
}

/** In what the store contradicts a checkpoint; null where it does not. */
async function contradiction(
  tx: Queryable,
  { epoch }: Head,
  last: Checkpoint | null,
  checkpoint: Checkpoint | null,
): Promise<string | null> {
  if (!checkpoint) return null;
  const { number, position, hash } = checkpoint;
  const why =
    epoch !== checkpoint.epoch
      ? 'is of another store'
      : (last?.number ?? 0) < number
        ? 'is no longer in the store'
        : (await hashAt(tx, position)) !== hash
          ? `says otherwise of entry ${position}`
          : null;
  return why === null
    ? null
    : `The audit is not the one that was signed: checkpoint ${number} ${why}. Nothing more is signed; see "npm run audit -- verify".`;
}
