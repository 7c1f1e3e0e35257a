import { chained, type Link } from '../runtime/chain.ts';
import type { Db, Queryable } from '../runtime/db/index.ts';
import type { AuditEntry } from './entry.ts';

/** An entry in its place. */
export interface Sealed extends AuditEntry {
  /** Counts without a gap from 1; a decimal number. */
  readonly position: string;
  /** When it was recorded, ISO 8601 in UTC. */
  readonly at: string;
}

/** An entry as it is stored. */
export interface Row extends Link {
  readonly at: string;
  readonly entry: AuditEntry;
}

/** Where the chain ends. */
export interface Head extends Link {
  /** Names the chain of this store, a UUID. */
  readonly epoch: string;
}

/** What the hash of an entry is over. */
export const sealedIn = ({ entry, position, at }: Omit<Row, 'hash'>): Sealed => ({ ...entry, position, at });

interface Pending {
  readonly id: string;
  readonly at: string;
  readonly entry: AuditEntry;
}

/** Whether anything waits for its place. */
export async function isWaiting(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ waiting: boolean }>('select exists (select from audit_pending) as waiting');
  return row?.waiting === true;
}

/**
 * Gives their places to entries whose transactions have committed, at most so many, in one transaction.
 * @returns how many; null where another process is at it
 */
export async function sealBatch(db: Db, most: number): Promise<number | null> {
  return db.transaction(async (tx) => {
    const [head] = await tx.query<Head>(
      'select epoch, position, hash from audit_head for update skip locked',
    );
    if (!head) return null;
    const pending = await tx.query<Pending>(
      `select id, date_trunc('milliseconds', at) as at, entry from audit_pending order by id limit $1`,
      [most],
    );
    if (pending.length === 0) return 0;
    let end: Link = head;
    const rows = pending.map(({ entry, at }): Row => {
      const position = (BigInt(end.position) + 1n).toString();
      end = { position, hash: chained(end.hash, sealedIn({ entry, position, at })) };
      return { ...end, at, entry };
    });
    await tx.query(
      `with sealed as (
         delete from audit_pending where id = any($1::bigint[])
       ), ended as (
         update audit_head set position = $3, hash = $4
       )
       insert into audit_log (position, at, entry, hash)
       select position, at, entry, hash
       from jsonb_to_recordset($2::jsonb) as r (position bigint, at timestamptz, entry jsonb, hash text)`,
      [pending.map(({ id }) => id), JSON.stringify(rows), end.position, end.hash],
    );
    return pending.length;
  });
}

export async function headOf(db: Queryable): Promise<Head> {
  const [head] = await db.query<Head>('select epoch, position, hash from audit_head');
  if (!head) throw new Error('the audit has lost its end');
  return head;
}

/** The hash at a position; null where there is no such entry. */
export async function hashAt(db: Queryable, position: string): Promise<string | null> {
  if (position === '0') return '';
  const [row] = await db.query<{ hash: string }>('select hash from audit_log where position = $1', [
    position,
  ]);
  return row?.hash ?? null;
}
