import type { SystemName } from '../../identity/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import { hint, type Hint } from './hints.ts';

/** Where readers of the inbox, in any process, hear that there is something for a system. */
export const inboxChannel = 'events_inbox';

/** Days for which a message is known: longer than any sender tries again. */
const remembered = 7;

/**
 * Takes a message in: once stored, its hints survive whatever happens. A message whose id was taken in before has no
 * effect.
 */
export async function receive(
  db: Db,
  system: SystemName,
  { id, hints }: { readonly id: string; readonly hints: readonly Omit<Hint, 'system' | 'source'>[] },
): Promise<'STORED' | 'REPLAYED'> {
  return db.transaction(async (tx) => {
    const taken = await tx.query(
      'insert into events_message (system, message_id) values ($1, $2) on conflict do nothing returning system',
      [system, id],
    );
    if (taken.length === 0) return 'REPLAYED';
    await hint(
      tx,
      hints.map((one) => ({ ...one, system, source: 'WEBHOOK' })),
    );
    await tx.query('select pg_notify($1, $2)', [inboxChannel, system]);
    return 'STORED';
  });
}

/** Forgets messages that nobody sends again, some at a time; gives how many. */
export async function forgetMessages(db: Db): Promise<number> {
  const forgotten = await db.query(
    `delete from events_message where (system, message_id) in (
       select system, message_id from events_message
       where received_at < clock_timestamp() - $1::int * interval '1 day' order by received_at limit 10000
     ) returning 1`,
    [remembered],
  );
  return forgotten.length;
}
