import { canonical } from '../runtime/canonical.ts';
import type { Link } from '../runtime/chain.ts';
import type { Queryable } from '../runtime/db/index.ts';
import { isSealed, type PublicKeys, type Seal } from '../runtime/seal.ts';
import type { Head } from './chain.ts';

/** What is signed: that the chain had this hash at this position at that moment. */
export interface Checkpoint extends Link {
  /** Names the chain of the store. */
  readonly epoch: string;
  /** Counts without a gap from 1: none can be left out unnoticed. */
  readonly number: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly keyId: string;
  /** Ed25519 over everything else here, in base64url. */
  readonly signature: string;
}

/** How often the chain is signed. */
export interface Pace {
  /** After so many entries, whatever the time. */
  readonly entries: number;
  /** Milliseconds after which what is new is signed, and after which it is signed again that nothing is. */
  readonly busy: number;
  readonly idle: number;
}

/** Whether the chain is to be signed now. Pure. */
export function isDue(head: Link, last: Checkpoint | null, now: number, pace: Pace): boolean {
  if (!last) return head.position !== '0';
  const added = BigInt(head.position) - BigInt(last.position);
  const age = now - Date.parse(last.at);
  return added >= BigInt(pace.entries) || age >= (added > 0n ? pace.busy : pace.idle);
}

/** Signs where the chain stands. Pure, but for the key. */
export function signed({ epoch, position, hash }: Head, number: number, at: string, seal: Seal): Checkpoint {
  const { keyId } = seal;
  const statement = { epoch, number, position, hash, at, keyId };
  return { ...statement, signature: seal.sign(canonical(statement)) };
}

/** Whether a checkpoint was signed by one of these keys; null where its key is none of them. */
export function isSigned({ signature, ...statement }: Checkpoint, keys: PublicKeys): boolean | null {
  return isSealed(canonical(statement), { keyId: statement.keyId, signature }, keys);
}

const columns = 'c.number::int, c.position, c.hash, c.at, c.key_id as "keyId", c.signature, h.epoch';

/** The newest checkpoint that is stored. */
export async function lastStored(db: Queryable): Promise<Checkpoint | null> {
  const [row] = await db.query<Checkpoint>(
    `select ${columns} from audit_checkpoint c, audit_head h order by c.number desc limit 1`,
  );
  return row ?? null;
}

/** Stored checkpoints after a number, in order, at most so many. */
export async function storedAfter(db: Queryable, number: number, most: number): Promise<Checkpoint[]> {
  return db.query<Checkpoint>(
    `select ${columns} from audit_checkpoint c, audit_head h where c.number > $1 order by c.number limit $2`,
    [number, most],
  );
}

export async function store(tx: Queryable, { number, position, hash, at, keyId, signature }: Checkpoint) {
  await tx.query(
    'insert into audit_checkpoint (number, position, hash, at, key_id, signature) values ($1, $2, $3, $4, $5, $6)',
    [number, position, hash, at, keyId, signature],
  );
}
