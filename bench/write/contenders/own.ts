import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { openCoordination } from '../../../coordination/index.ts';
import type { Participant } from '../../../coordination/participant.ts';
import type { Lane } from '../../../coordination/write.ts';
import { auditMigrations } from '../../../audit/index.ts';
import { eventsMigrations, fingerprinterOf } from '../../../events/index.ts';
import { createIdentity, identityMigrations, type Identity } from '../../../identity/index.ts';
import { requestContext } from '../../../runtime/context.ts';
import { loadMigrations, migrate, openDb, type Db } from '../../../runtime/db/index.ts';
import { createMetrics } from '../../../runtime/telemetry.ts';
import { stewardMigrations } from '../../../steward/index.ts';
import type { Place, Running } from '../contender.ts';
import { customerAt, population, type Update } from '../updates.ts';

const folders = [
  auditMigrations,
  stewardMigrations,
  identityMigrations,
  eventsMigrations,
  new URL('../../../coordination/migrations/', import.meta.url),
];

/**
 * Customer Graph's governed writes, from the call of the public surface on: the customer is resolved, the values are
 * checked, the owners examined, the plan made and accepted in one transaction; then the saga, with everything in it that
 * survives a crash between any two steps, stale workers, lost answers and a refusal by the last owner.
 */
export async function own({ store, at }: Place, owners: readonly Participant[]): Promise<Running> {
  const opened = await openDb(store === 'pglite' ? { directory: at } : { databaseUrl: at });
  await migrate(opened, await loadMigrations(folders.map((folder) => fileURLToPath(folder))));
  await opened.script('create table bare (id uuid primary key, body jsonb not null)');
  const counted = counting(opened);
  const identity = createIdentity({ db: counted.db, seal: (kind, value) => `${kind}:${value}` });
  await register(identity);
  const { coordination, stop } = await openCoordination({
    db: counted.db,
    identity,
    fingerprint: fingerprinterOf('bench'),
    participants: new Map(owners.map((owner) => [owner.system, owner])),
    metrics: createMetrics(),
    failed: (error) => {
      throw error;
    },
  });
  const { signal } = new AbortController();

  async function write({ customerId, changes }: Update, wait: 'ACCEPTED' | 'CONFIRMED', lane: Lane) {
    const updated = await coordination.update(
      {
        entity: 'Customer',
        entityId: customerId,
        changes,
        mode: 'ALL',
        expect: [],
        idempotencyKey: randomUUID(),
        reason: null,
        planHash: null,
        wait,
        deadline: null,
        lane,
      },
      requestContext({ timeout: 30_000, signal }),
    );
    const { write: accepted, refusals } = updated;
    if (!accepted || (wait === 'CONFIRMED' && accepted.state !== 'SUCCEEDED'))
      throw new Error(`the write is ${accepted?.state ?? 'refused'}: ${JSON.stringify(refusals)}`);
  }

  return {
    confirm: (update, lane = 'INTERACTIVE') => write(update, 'CONFIRMED', lane),
    accept: (update, lane = 'INTERACTIVE') => counted.each(() => write(update, 'ACCEPTED', lane)),
    insert: async (update) => {
      await opened.query('insert into bare (id, body) values ($1, $2)', [randomUUID(), update]);
    },
    async idle() {
      for (;;) {
        const [left] = await opened.query(
          "select from coordination_write where state in ('PENDING', 'RUNNING', 'COMPENSATING') limit 1",
        );
        if (!left) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    ask: (sql) => opened.query(sql),
    statements: counted.statements,
    untilAccepted: counted.untilAccepted,
    async stop() {
      await stop();
      await opened.close();
    },
  };
}

/** Customers that all three systems know. */
async function register(identity: Identity): Promise<void> {
  const entries = Array.from({ length: population }, (_, index) => ({
    id: customerAt(index),
    records: [
      { system: 'CRM' as const, key: `crm-${index}` },
      { system: 'ERP' as const, key: `erp-${index}` },
      { system: 'BILLING' as const, key: `cus_${index}` },
    ],
    facts: { name: `Customer ${index}` },
  }));
  await identity.register.enrol(entries);
  await identity.register.tidy();
}

/** A store whose statements are counted: all of them, and those of a call until it is durably accepted. */
function counting(opened: Db) {
  const calls = new AsyncLocalStorage<{ sent: number }>();
  let statements = 0;
  let most = 0;
  const db: Db = {
    ...opened,
    async query<Row>(sql: string, parameters?: readonly unknown[]) {
      statements++;
      const call = calls.getStore();
      if (call) call.sent++;
      if (call && sql.includes('coordination_accept')) most = Math.max(most, call.sent);
      return opened.query<Row>(sql, parameters);
    },
  };
  return {
    db,
    statements: () => statements,
    untilAccepted: () => most,
    each: <T>(call: () => Promise<T>) => calls.run({ sent: 0 }, call),
  };
}
