import { randomUUID } from 'node:crypto';
import { PgBoss, type JobWithMetadata } from 'pg-boss';
import pg from 'pg';
import type { Participant } from '../../../coordination/participant.ts';
import type { Place, Running } from '../contender.ts';
import type { Update } from '../updates.ts';
import { countStatements } from './counting.ts';
import { carryOut, partsOf } from './steps.ts';

const queue = 'updates';
const batchSize = 16;
/** Milliseconds after which somebody looks for jobs that nobody has told of. */
const interval = 500;

/**
 * pg-boss alone: a job for each update, fetched in batches as soon as one is sent and completed in batches, and a table
 * of the steps that are done, because a job knows none. After a crash the job is fetched again when its lease is over,
 * and goes on behind the last step in the table. No order per customer, no look at the record after an unknown outcome,
 * and no way back where an owner refuses.
 */
export async function pgboss({ at }: Place, owners: readonly Participant[]): Promise<Running> {
  const statements = countStatements();
  const boss = new PgBoss({ connectionString: at, max: 10 });
  boss.on('error', (error) => {
    throw error;
  });
  await boss.start();
  await boss.createQueue(queue, { retryLimit: 8, expireInSeconds: 30 });
  const pool = new pg.Pool({ connectionString: at, max: 10 });
  await pool.query('create table step (job uuid, system text, primary key (job, system))');
  const waiting = new Map<string, PromiseWithResolvers<undefined>>();
  let looking = false;
  let again = false;

  async function carryOn({ id, data, retryCount }: JobWithMetadata<Update>): Promise<void> {
    const known =
      retryCount === 0 ? [] : (await pool.query('select system from step where job = $1', [id])).rows;
    const done = new Set((known as readonly { system: string }[]).map(({ system }) => system));
    const parts = partsOf(data, owners).filter(({ owner }) => !done.has(owner.system));
    for (const [place, part] of parts.entries()) {
      await carryOut(part, data.customerId, `${id}.${part.owner.system}`);
      // The end of the last step is that of the job.
      if (place < parts.length - 1) await pool.query({ ...insertStep, values: [id, part.owner.system] });
    }
  }

  async function carryOutAll(jobs: readonly JobWithMetadata<Update>[]): Promise<void> {
    await Promise.all(jobs.map(carryOn));
    const ids = jobs.map(({ id }) => id);
    await boss.complete(queue, ids);
    for (const id of ids) {
      waiting.get(id)?.resolve(undefined);
      waiting.delete(id);
    }
  }

  async function look(): Promise<void> {
    again = true;
    if (looking) return;
    looking = true;
    while (again) {
      again = false;
      const jobs = await boss.fetch<Update>(queue, { batchSize, includeMetadata: true });
      again ||= jobs.length === batchSize;
      if (jobs.length > 0) void carryOutAll(jobs);
    }
    looking = false;
  }

  const looker = setInterval(() => void look(), interval);
  let asked = 0;
  return {
    async confirm(update) {
      const id = randomUUID();
      const over = Promise.withResolvers<undefined>();
      waiting.set(id, over);
      await boss.send(queue, update, { id });
      void look();
      await over.promise;
    },
    async ask<Row>(sql: string) {
      asked++;
      return (await pool.query(sql)).rows as Row[];
    },
    statements: () => statements() - asked,
    async stop() {
      clearInterval(looker);
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
}

const insertStep = { name: 'step', text: 'insert into step (job, system) values ($1, $2)' } as const;
