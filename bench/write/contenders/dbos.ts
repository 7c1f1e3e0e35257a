import { randomUUID } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import type { Participant } from '../../../coordination/participant.ts';
import type { Place, Running } from '../contender.ts';
import type { Update } from '../updates.ts';
import { countStatements } from './counting.ts';
import { carryOut, partsOf } from './steps.ts';

/**
 * A DBOS workflow with one step for each owner, called directly, which is its fastest way. Its input is on disk before
 * the first step, and the outcome of each step before the next one: after a crash between any two of them the workflow is
 * recovered and goes on behind the last step that is known. No order per customer, no look at the record after an
 * unknown outcome, and no way back where an owner refuses.
 */
export async function dbos({ at }: Place, owners: readonly Participant[]): Promise<Running> {
  const statements = countStatements();
  const saga = DBOS.registerWorkflow(
    async (update: Update) => {
      const versions: string[] = [];
      for (const part of partsOf(update, owners)) {
        const wireKey = `${DBOS.workflowID}.${part.owner.system}`;
        const name = part.owner.system;
        versions.push(await DBOS.runStep(() => carryOut(part, update.customerId, wireKey), { name }));
      }
      return versions;
    },
    { name: 'update' },
  );
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: at, logLevel: 'error' });
  await DBOS.launch();
  const pool = new pg.Pool({ connectionString: at, max: 1 });
  let asked = 0;
  return {
    async confirm(update) {
      await DBOS.withNextWorkflowID(randomUUID(), () => saga(update));
    },
    async ask<Row>(sql: string) {
      asked++;
      return (await pool.query(sql)).rows as Row[];
    },
    statements: () => statements() - asked,
    async stop() {
      await pool.end();
      await DBOS.shutdown();
    },
  };
}
