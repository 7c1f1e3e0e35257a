import { hash } from 'node:crypto';
import type { Queryable } from '../runtime/db/index.ts';
import { canonical } from '../runtime/canonical.ts';

/**
 * A short text for a value of an attribute, in the form in which a lens gives it: the same for equal values and, but for
 * a chance of 1 in 2^66, another one for others. Says nothing of the value to who does not have the store's secret. Empty
 * for nothing.
 */
export type Fingerprinter = (attribute: string, value: unknown) => string;

/** The fingerprints of one store: comparable with each other for as long as it exists, and with no other's. */
export function fingerprinterOf(secret: string): Fingerprinter {
  return (attribute, value) =>
    value === null || value === undefined
      ? ''
      : hash('sha256', `${secret}\n${attribute}\n${canonical(value)}`, 'base64url').slice(0, 11);
}

/** The secret of a store that has its migrations. */
export async function fingerprintSecret(db: Queryable): Promise<string> {
  const [row] = await db.query<{ secret: string }>('select secret from events_secret');
  if (!row) throw new Error('the store has lost the secret of its fingerprints');
  return row.secret;
}
