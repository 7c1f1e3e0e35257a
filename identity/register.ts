import type { Db, Queryable } from '../runtime/db/index.ts';
import { Failure } from '../runtime/failure.ts';
import type { Enrolment } from './assign.ts';
import { batches } from './batches.ts';
import { enrolled, takeTurn } from './enrol.ts';
import { eraseIn, type Erased } from './erased.ts';
import type { KeyedStore } from './keying.ts';
import { refreshBatch, unlinkBatch, type Statement } from './refresh.ts';
import type { SystemName } from './systems.ts';

/** Where customers come into the graph. */
export interface Register {
  /**
   * Makes sure that each entry is a customer and that its records are linked to it. A record that has a customer keeps
   * it, and facts of a customer that exists are left alone, so that running again changes nothing. Written in
   * transactions of 2,000 entries: after an error earlier ones stay, and the whole can be run again.
   * @param until epoch milliseconds after which nothing is written any more; for one who may have been overtaken then
   * @returns the customer's id of each entry
   * @throws Failure BAD_USER_INPUT for an id that is no UUID, an unusable key, or an entry with neither; DEADLINE_EXCEEDED
   */
  enrol(entries: readonly Enrolment[], until?: number): Promise<readonly string[]>;
  /** Ends the links of records that are gone, and forgets what they stated; their customers stay. Running again changes nothing. */
  unlink(system: SystemName, keys: readonly string[]): Promise<void>;
  /**
   * Takes a customer away of whom no system ever had a record, within the transaction of the caller; any other stays.
   */
  forget(tx: Queryable, id: string): Promise<void>;
  /** Erases a customer, see `eraseIn`. */
  erase(tx: Queryable, id: string): Promise<Erased>;
  /** Replaces what the given records of one system state; other systems' facts stay. Unknown records are passed over. */
  refresh(system: SystemName, entries: readonly Statement[]): Promise<void>;
  /**
   * Brings the store's statistics up to date, so that it plans well. To be called after a large import; where the store
   * is embedded it also clears away old versions of rows, which a server does by itself.
   */
  tidy(): Promise<void>;
}

/** Tables that grow with the customers. */
const tables = 'identity_customer, identity_crosswalk, identity_facts, identity_block';

/** Lets the store plan by what the tables hold now; statements prepared while they were small are planned anew. */
export async function refreshStatistics(db: Db): Promise<void> {
  await db.query(`analyze ${tables}`);
}

/** The register in a store. */
export function registerIn({ db, keying }: KeyedStore): Register {
  return {
    async enrol(entries, until = Infinity) {
      const holders: string[] = [];
      for (const batch of batches(entries)) {
        const assigned = await db.transaction(async (tx) => {
          await takeTurn(tx);
          // From here on whoever overtakes has to wait: what is written now is seen by those who know better.
          if (Date.now() > until)
            throw new Failure('DEADLINE_EXCEEDED', 'The time to tell the register of it is over.');
          return enrolled(tx, batch, keying);
        });
        holders.push(...assigned.holders);
      }
      return holders;
    },
    async unlink(system, keys) {
      for (const batch of batches(keys)) {
        await db.transaction(async (tx) => {
          await takeTurn(tx);
          await unlinkBatch(tx, system, batch, keying);
        });
      }
    },
    async forget(tx, id) {
      await takeTurn(tx);
      const never = `not exists (select from identity_crosswalk x where x.customer_id = c.id)`;
      // Its blocks are kept by a trigger that knows of changes only.
      await tx.query(`update identity_customer c set blocks = null where id = $1 and ${never}`, [id]);
      await tx.query(`delete from identity_customer c where id = $1 and ${never}`, [id]);
    },
    erase: eraseIn,
    async refresh(system, entries) {
      for (const batch of batches(entries)) {
        await db.transaction(async (tx) => {
          await takeTurn(tx);
          await refreshBatch(tx, system, batch, keying);
        });
      }
    },
    async tidy() {
      if (db.kind === 'pglite') await db.query(`vacuum ${tables}`);
      await refreshStatistics(db);
    },
  };
}
