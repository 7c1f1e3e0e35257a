import { fileURLToPath } from 'node:url';
import { eventsMigrations, intakeOf } from '../../../events/index.ts';
import { readingOf, type ReadingOptions, type Source } from '../../../events/inbox/reread.ts';
import { createIdentity, identityMigrations, type Change, type SystemName } from '../../../identity/index.ts';
import { loadMigrations, migrate, type Db } from '../../../runtime/db/index.ts';
import { stewardMigrations } from '../../../steward/index.ts';
import type { OpenStore } from '../../support/store.ts';
import { seal } from '../../support/seal.ts';

/** A store with the register and the change feed. */
export async function openInbox(open: OpenStore): Promise<Db> {
  const db = await open();
  await migrate(
    db,
    await loadMigrations(
      [stewardMigrations, identityMigrations, eventsMigrations].map((url) => fileURLToPath(url)),
    ),
  );
  return db;
}

/** Empties what the tests fill. */
export async function emptied(db: Db): Promise<void> {
  await db.script(
    `truncate events_inbox, events_message, events_unknown, events_sweep, events_outbox, events_seen, events_log,
       identity_customer, identity_crosswalk, identity_facts, steward_item, steward_decision`,
  );
}

/** A system whose records are texts, and what it was asked for. */
export function sourceOf(system: SystemName = 'ERP') {
  const records = new Map<string, string>();
  const asked: (readonly string[])[] = [];
  const source: Source = {
    system,
    reread: (hints) => {
      asked.push(hints.map(({ key }) => key));
      return Promise.resolve(
        hints.map(({ key, touched = [] }): Change => {
          const value = records.get(key);
          if (value === undefined) return { key, facts: {}, deleted: true };
          return {
            key,
            facts: { name: value },
            version: `v-${value}`,
            fingerprints: { name: value },
            touched,
          };
        }),
      );
    },
  };
  return { source, records, asked };
}

/** A reader of a source's hints, as the house puts it together; no write is under way. */
export function readerOf(db: Db, source: Source, options: Partial<ReadingOptions> = {}) {
  const identity = createIdentity({ db, seal });
  const failures: unknown[] = [];
  const reading = readingOf({
    ...{ db, source, entity: 'Customer' as const },
    absorb: (tx, system, changes) => identity.absorb(tx, system, changes),
    intake: intakeOf({ entity: 'Customer', busy: () => Promise.resolve(new Set()) }),
    failed: (_, error) => failures.push(error),
    ...options,
  });
  const { signal } = new AbortController();
  return {
    failures,
    pass: () => reading.pass(signal),
    /** Until nothing is due. */
    async drain() {
      while ((await reading.pass(signal)) > 0);
    },
  };
}

/** What was captured, in order: the record and what it was like. */
export async function captured(db: Db): Promise<readonly string[]> {
  const rows = await db.query<{
    key: string;
    source: string;
    name: string | null;
    touched: readonly string[];
  }>(
    `select draft ->> 'key' as key, draft ->> 'source' as source, draft -> 'fingerprints' ->> 'name' as name,
       draft -> 'touched' as touched
     from events_outbox order by id`,
  );
  return rows.map(({ key, source, name, touched }) => [source, key, name ?? 'gone', ...touched].join(' '));
}

export async function inboxOf(db: Db) {
  return db.query<{
    key: string;
    attempts: number;
    hints: string;
    touched: readonly string[];
    held: boolean;
  }>(`select key, attempts, hints, touched, held_by is not null as held from events_inbox order by key`);
}
