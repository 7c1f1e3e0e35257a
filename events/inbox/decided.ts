import type { Identity, SystemName } from '../../identity/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import type { Continue, Outcome } from '../../steward/index.ts';
import { hint } from './hints.ts';
import { inboxChannel } from './receive.ts';
import { ignoreUnknown } from './unknown.ts';

/**
 * Continues with a record that nobody knew, as a steward decided. Whatever it is linked to, the record is read again, and
 * what its system says then counts: where the system still does not have it, it is known as one that the customer had.
 */
export function unknownDecided(db: Db, { crosswalk, register }: Identity): Continue {
  async function readAgain(system: SystemName, key: string): Promise<void> {
    await db.transaction(async (tx) => {
      await hint(tx, [{ system, key, source: 'SWEEP' }]);
      await tx.query('select pg_notify($1, $2)', [inboxChannel, system]);
    });
  }

  return async ({ item, decision, customer }): Promise<Outcome> => {
    const [{ system, key } = {}] = item.sides;
    if (system === undefined || key === undefined)
      throw new Error('an unknown record has no system or no key');
    switch (decision) {
      case 'IGNORE':
        await ignoreUnknown(db, system, key);
        return done;
      case 'READ_AGAIN':
        await readAgain(system, key);
        return done;
      case 'LINK': {
        const found =
          customer === null ? undefined : (await crosswalk.registrations([customer])).get(customer);
        if (!found) return unknownCustomer;
        await register.enrol([{ id: found.id, records: [{ system, key }], facts: {} }]);
        await readAgain(system, key);
        return done;
      }
      default:
        throw new Error(`an unknown record cannot be continued by ${decision}`);
    }
  };
}

const done: Outcome = { status: 'DONE' };
const unknownCustomer: Outcome = {
  status: 'REFUSED',
  code: 'UNKNOWN_CUSTOMER',
  message: 'There is no customer with the id that was given.',
};
