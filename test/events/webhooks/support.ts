import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { auditMigrations } from '../../../audit/index.ts';
import { eventsMigrations, logIn } from '../../../events/index.ts';
import type { Boundary } from '../../../events/webhooks/deliver.ts';
import { openWebhooks, type DeliveryPace, type OpenWebhooksOptions } from '../../../events/webhooks/open.ts';
import type { Registering } from '../../../events/webhooks/webhooks.ts';
import { requestContext } from '../../../runtime/context.ts';
import { loadMigrations, migrate, type Db } from '../../../runtime/db/index.ts';
import type { Principal } from '../../../runtime/principal.ts';
import { createMetrics } from '../../../runtime/telemetry.ts';
import { seesAll } from '../../support/rows.ts';

/** What was tried and failed comes again at once, and is given up late. */
export const quick: DeliveryPace = {
  pauses: [20, 20],
  giveUp: 3_600_000,
  fewest: 5,
  lease: 15_000,
  timeout: 5_000,
  concurrency: [8, 4],
  interval: 20,
  grace: 2_000,
};

export const operator: Principal = { subject: 'olga', scopes: new Set(['*']) };

export async function migrated(db: Db): Promise<Db> {
  await migrate(
    db,
    await loadMigrations([auditMigrations, eventsMigrations].map((folder) => fileURLToPath(folder))),
  );
  return db;
}

/** One process that tells endpoints of changes. */
export async function openSender(
  db: Db,
  {
    pace = {},
    at,
    ...options
  }: Partial<OpenWebhooksOptions> & {
    readonly pace?: Partial<DeliveryPace>;
    readonly at?: (boundary: Boundary) => void | Promise<void>;
  } = {},
) {
  const failures: unknown[] = [];
  const metrics = createMetrics();
  const opened = await openWebhooks(
    {
      ...{ db, log: logIn(db), metrics, entity: 'Customer', allowPrivate: true },
      tagged: [{ system: 'CRM', attribute: 'segment' }],
      fingerprint: (attribute, value) => `${attribute}=${String(value)}`,
      failed: (error) => failures.push(error),
      ...seesAll,
      ...options,
    },
    { ...quick, ...pace },
    at,
  );
  return { ...opened, failures, metrics };
}

export const asking = (principal: Principal = operator) =>
  requestContext({ timeout: 10_000, signal: new AbortController().signal, principal });

export const registering = (url: string, given: Partial<Registering> = {}): Registering => ({
  url,
  filter: null,
  description: null,
  after: null,
  ...given,
});

interface Told {
  readonly entityId?: string;
  readonly kind?: string;
  readonly system?: string;
  readonly attributes?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** Writes changes to the end of the log, as the sequencer does; gives their positions. */
export async function tell(db: Db, ...changes: readonly Told[]): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    const [head] = await tx.query<{ position: string }>(
      'update events_head set position = position + $1 returning position',
      [changes.length],
    );
    const last = Number(head?.position);
    const positions: string[] = [];
    for (const [i, change] of changes.entries()) {
      const position = String(last - changes.length + 1 + i);
      positions.push(position);
      const {
        entityId = randomUUID(),
        kind = 'UPDATED',
        system = 'CRM',
        attributes = ['name'],
        tags = {},
      } = change;
      await tx.query(
        `insert into events_log (position, at, entity, entity_id, kind, system, key, version, attributes, tags, hash)
         values ($1, clock_timestamp(), 'Customer', $2, $3, $4, 'key', '2', $5, $6, '')`,
        [position, entityId, kind, system, attributes, tags],
      );
    }
    await tx.query(`select pg_notify('events', $1)`, [String(last)]);
    return positions;
  });
}

/** Waits until something holds; whoever waits for ever is ended by the test's own limit. */
export async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await wait(5);
  }
}
