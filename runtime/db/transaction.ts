import { AsyncLocalStorage } from 'node:async_hooks';
import type { Queryable } from './port.ts';

/** A connection that does one thing after another, within a transaction. */
export interface Session extends Queryable {
  /** Runs a statement of transaction control and gives its command tag, e.g. `COMMIT`. */
  command(sql: string): Promise<string>;
}

/**
 * Transactions of one store, the same over both adapters. `outside` refuses work on the store itself from within one of
 * its transactions: on one connection it would wait for itself, on several it would not see what the transaction wrote.
 */
export function transactions() {
  const current = new AsyncLocalStorage<{ open: boolean }>();
  return {
    outside(): void {
      if (current.getStore()?.open === true)
        throw new Error('Within a transaction use the transaction itself, not the store.');
    },
    async run<T>(session: Session, work: (tx: Queryable) => Promise<T>): Promise<T> {
      const state = { open: true };
      const whileOpen = (): void => {
        if (!state.open) throw new Error('The transaction is over; nothing can be run in it any more.');
      };
      const tx: Queryable = {
        query: async (sql, parameters) => (whileOpen(), session.query(sql, parameters)),
        script: async (sql) => (whileOpen(), session.script(sql)),
      };
      await session.command('begin');
      try {
        const result = await current.run(state, () => work(tx));
        state.open = false;
        // PostgreSQL answers COMMIT of a transaction in which a statement failed with a silent ROLLBACK.
        if ((await session.command('commit')) !== 'COMMIT')
          throw new Error('The transaction was rolled back because one of its statements had failed.');
        return result;
      } catch (error) {
        state.open = false;
        // Where the connection itself is gone, the server rolls back by itself.
        await session.command('rollback').catch(() => undefined);
        throw error;
      }
    },
  };
}
