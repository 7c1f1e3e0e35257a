import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { captureInto, openEvents, type Change, type Draft, type Events } from '../../events/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import { createMetrics } from '../../runtime/telemetry.ts';

/** A feed with its sequencer, as a process with the role has it; what fails in it fails the test at the latest when it stops. */
export async function openFeed(db: Db, redisUrl?: string): Promise<Events> {
  const faults: unknown[] = [];
  const events = await openEvents(
    {
      ...{ db, metrics: createMetrics(), redisUrl },
      tagged: [{ system: 'CRM', attribute: 'segment' }],
      retention: { days: 1, most: 1_000_000 },
      reread: () => Promise.resolve(),
      notice: () => undefined,
      failed: (error) => faults.push(error),
    },
    { interval: 5, batch: 100, retention: 60_000 },
  );
  return {
    ...events,
    async stop() {
      await events.stop();
      if (faults.length > 0) throw new AggregateError(faults);
    },
  };
}

/** A store with nothing in its log: to open one for each test takes longer than the tests. */
export function emptied(db: Db): Promise<void> {
  return db.script(`truncate events_log, events_seen, events_outbox restart identity;
    update events_head set position = 0, hash = '', floor = 0, floor_hash = ''`);
}

/** What a system's feed says of a record: its `version` counts from 1. */
export function draftOf(entityId: string, version: number, given: Partial<Draft> = {}): Draft {
  return {
    source: 'FEED',
    entity: 'Customer',
    entityId,
    system: 'CRM',
    key: `key of ${entityId}`,
    version: String(version),
    foundVersion: null,
    known: false,
    fingerprints: { name: `name ${version}`, segment: 'a segment' },
    written: null,
    touched: [],
    since: null,
    cause: null,
    ...given,
  };
}

/** A write of many: how many transactions there are, and changes in each of them. */
export interface Writing {
  readonly writers: number;
  readonly changes: number;
  /** Called with the number of changes that are committed. */
  readonly committed?: (count: number) => void | Promise<void>;
}

/** Writers that change entities of their own, in transactions of different sizes that commit late now and then. */
export async function write(
  db: Db,
  { writers, changes, committed = () => undefined }: Writing,
): Promise<void> {
  let [begun, done] = [0, 0];
  await Promise.all(
    Array.from({ length: writers }, async () => {
      const entities = Array.from({ length: 5 }, () => ({ id: uuid(), version: 0 }));
      while (begun < changes) {
        const size = Math.min(1 + Math.floor(Math.random() * 20), changes - begun);
        begun += size;
        const drafts = Array.from({ length: size }, () => {
          const entity = entities[Math.floor(Math.random() * entities.length)];
          if (!entity) throw new Error('there are entities');
          return draftOf(entity.id, ++entity.version);
        });
        await db.transaction(async (tx) => {
          await captureInto(tx, drafts);
          if (db.kind === 'postgres' && Math.random() < 0.2) await pause(Math.random() * 10);
        });
        done += size;
        await committed(done);
      }
    }),
  );
}

/** Nothing is missing, nothing twice, and each entity's versions are in order; gives what is wrong, in words. */
export function flawsOf(
  heard: readonly Pick<Change, 'position' | 'entityId' | 'version'>[],
  from = 0,
): string[] {
  const versions = new Map<string, number>();
  return heard.flatMap(({ position, entityId, version }, index) => {
    const before = versions.get(entityId) ?? 0;
    versions.set(entityId, Number(version));
    return [
      ...(Number(position) === from + index + 1 ? [] : [`${position} in place of ${from + index + 1}`]),
      ...(Number(version) === before + 1 ? [] : [`version ${version ?? ''} after ${before}`]),
    ];
  });
}
