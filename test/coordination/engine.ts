import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { drive, type Boundary, type DriveOptions } from '../../coordination/drive.ts';
import { journalIn, type Draft, type Held, type Journal } from '../../coordination/journal.ts';
import { planOf, type Examinations } from '../../coordination/plan.ts';
import type { Participant } from '../../coordination/participant.ts';
import type { Mode, Values } from '../../coordination/write.ts';
import { auditMigrations } from '../../audit/index.ts';
import { eventsMigrations, fingerprinterOf } from '../../events/index.ts';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { stewardMigrations } from '../../steward/index.ts';

const folders = [
  new URL('../../coordination/migrations/', import.meta.url),
  eventsMigrations,
  auditMigrations,
  stewardMigrations,
];

export async function migrated(db: Db): Promise<Db> {
  await migrate(db, await loadMigrations(folders.map((folder) => fileURLToPath(folder))));
  return db;
}

const unreachable = { code: 'SYSTEM_UNAVAILABLE', message: 'not asked' };
const guarantee = 'EFFECTIVELY_ONCE';
/** What the owners can do, without a look at their records. */
const abilities: Examinations = new Map([
  ['CRM', { guarantee, conditional: true, keyed: false, unreachable, found: null }],
  ['ERP', { guarantee, conditional: true, keyed: false, unreachable, found: null }],
  ['BILLING', { guarantee, conditional: false, keyed: true, unreachable, found: null }],
]);

/** A write of these changes, planned without an examination: its records are read in its turn. */
export function draftOf(changes: Values, given: Partial<Draft> & { readonly mode?: Mode } = {}): Draft {
  const { entityId = randomUUID(), mode = 'ALL' } = given;
  const wish = { entity: 'Customer', entityId, changes, mode, expect: [] } as const;
  const { steps, hash: planHash } = planOf(wish, abilities);
  const id = randomUUID();
  return {
    id,
    entity: 'Customer',
    entityId,
    mode,
    lane: 'INTERACTIVE',
    state: 'PENDING',
    steps,
    correlationId: 'test',
    traceparent: null,
    requestedBy: 'tester',
    reason: null,
    planHash,
    policy: 'test',
    approve: [],
    approval: null,
    subject: 'tester',
    key: id,
    hash: 'same',
    queue: entityId,
    parent: null,
    ...given,
  };
}

/** The end of a process, as the code in it would see it. */
export const ended = new Error('the process has ended');

export interface Process {
  readonly journal: Journal;
  readonly options: DriveOptions;
  /** Carries out what it holds, and then whatever is due, until nothing is. */
  carryOn(held?: Held | null): Promise<void>;
}

/** One process's part of the engine. */
export function processOf(
  db: Db,
  participants: readonly Participant[],
  at: (boundary: Boundary) => void | Promise<void> = () => undefined,
): Process {
  const journal = journalIn({ db, worker: randomUUID(), lease: 60_000 });
  const options: DriveOptions = {
    journal,
    participants: new Map(participants.map((one) => [one.system, one])),
    tolerance: { attempts: 8, pause: () => 1 },
    callTimeout: 1000,
    fingerprint: fingerprinterOf('engine'),
    at,
  };
  const memo = <T>(_: object, create: () => T): T => create();
  return {
    journal,
    options,
    async carryOn(held) {
      if (held) await drive({ ...held, takenOver: false, memo }, options);
      for (;;) {
        const claimed = await journal.claim({ INTERACTIVE: 10, ONBOARDING: 10, BULK: 10 });
        if (claimed.length === 0 && !(await timePasses(db))) return;
        for (const one of claimed) await drive({ ...one, memo }, options);
      }
    },
  };
}

/** Makes everything due that nobody holds; false where there is nothing. */
async function timePasses(db: Db): Promise<boolean> {
  const due = await db.query(
    'update coordination_write set due = clock_timestamp() where head and worker is null returning id',
  );
  return due.length > 0;
}

/** What every process that has ended leaves behind: its leases run out. */
export async function leasesEnd(db: Db): Promise<void> {
  await db.query('update coordination_write set due = clock_timestamp() where worker is not null');
}

export async function stored(
  db: Db,
  id: string,
): Promise<{ state: string; steps: Record<string, unknown>[] }> {
  const [row] = await db.query<{ shown: { state: string; steps: Record<string, unknown>[] } }>(
    'select coordination_shown(w) as shown from coordination_write w where id = $1',
    [id],
  );
  if (!row) throw new Error('no such write');
  return row.shown;
}
