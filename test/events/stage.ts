import { fileURLToPath } from 'node:url';
import type { Change, Draft } from '../../events/change.ts';
import {
  captureInto,
  eventsMigrations,
  logIn,
  openEvents,
  type EventsOptions,
  type Log,
} from '../../events/index.ts';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { createMetrics } from '../../runtime/telemetry.ts';
import { sequenceBatch } from '../../events/sequencer.ts';
import type { RecordName } from '../../events/sequence.ts';
import type { OpenStore } from '../support/store.ts';

export const acme = '01890000-0000-7000-8000-000000000001';
export const other = '22222222-2222-2222-2222-222222222222';

/** What a feed saw of one record in the CRM, unless it is said otherwise. */
export function draft(given: Partial<Draft> = {}): Draft {
  return {
    ...{ source: 'FEED', entity: 'Customer', entityId: acme, system: 'CRM', key: 'a-1', version: '1' },
    ...{ foundVersion: null, fingerprints: { name: 'n1', segment: 's1', website: '' } },
    ...{ written: null, known: false, touched: [], since: '0', cause: null, ...given },
  };
}

/** The n-th state of a record: each is a change of its name. */
export const state = (key: string, n: number, given: Partial<Draft> = {}): Draft =>
  draft({ key, version: `${n}`, fingerprints: { name: `n${n}`, segment: 's1' }, ...given });

export const tagged = [{ system: 'CRM', attribute: 'segment' }] as const;

/** A store with the feed's tables in it. */
export async function feedStore(open: OpenStore): Promise<Db> {
  const db = await open();
  await migrate(db, await loadMigrations([fileURLToPath(eventsMigrations)]));
  return db;
}

/** A feed that nobody sequences but the test itself, batch by batch. */
export async function openStage(open: OpenStore) {
  const db = await feedStore(open);
  const reread: RecordName[] = [];
  const log = logIn(db);
  const sequenceIn = (store: Db, batch = 1000) =>
    sequenceBatch({
      ...{ db: store, tagged, batch },
      reread: (_, records) => {
        reread.push(...records);
        return Promise.resolve();
      },
    });
  return {
    ...{ db, log, reread, sequenceIn },
    sequence: () => sequenceIn(db),
    capture: (...drafts: Draft[]) => db.transaction((tx) => captureInto(tx, drafts)),
    told: () => allOf(log),
    /** As it was opened. */
    clear: () =>
      db.script(`truncate events_log, events_seen, events_outbox restart identity;
        update events_head set position = 0, hash = '', floor = 0, floor_hash = ''`),
  };
}

/** Everything that is kept of a log. */
export async function allOf(log: Pick<Log, 'after'>) {
  const changes: Change[] = [];
  for (;;) {
    const next = await log.after(changes.at(-1)?.position ?? '0', 1000);
    if (next.length === 0) return changes;
    changes.push(...next);
  }
}

/** A process of the role events over a store. */
export async function startEvents(db: Db, given: Partial<EventsOptions> = {}) {
  const metrics = createMetrics();
  const faults: unknown[] = [];
  const events = await openEvents(
    {
      ...{ db, metrics, tagged, retention: { days: 30, most: 10_000_000 } },
      reread: () => Promise.resolve(),
      notice: () => undefined,
      failed: (error) => faults.push(error),
      ...given,
    },
    { interval: 5, batch: 100, retention: 3_600_000 },
  );
  return { ...events, metrics, faults };
}
