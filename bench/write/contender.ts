import type { Participant } from '../../coordination/participant.ts';
import type { Lane } from '../../coordination/write.ts';
import type { Update } from './updates.ts';

export const stores = ['pglite', 'postgres'] as const;
export type Store = (typeof stores)[number];

/** A database of its own: a folder of the embedded store, or a server's URL. */
export interface Place {
  readonly store: Store;
  readonly at: string;
}

/** One of those that are compared. Nothing of it is loaded before it is started. */
export interface Contender {
  readonly key: string;
  readonly title: string;
  readonly stores: readonly Store[];
  readonly start: (place: Place, owners: readonly Participant[]) => Promise<Running>;
}

export interface Running {
  /** Resolves when every owner has the update, and the end is on disk. */
  confirm(update: Update, lane?: Lane): Promise<void>;
  /** Resolves when the update is durably accepted. */
  accept?(update: Update, lane?: Lane): Promise<void>;
  /** One row of the size of an update, committed by itself: what the store costs at least. */
  insert?(update: Update): Promise<void>;
  /** Resolves when nothing is left to be done. */
  idle?(): Promise<void>;
  /** Runs a statement that is not counted. */
  ask<Row>(sql: string): Promise<Row[]>;
  /** Statements that were sent to the database so far. */
  statements(): number;
  /** Of the updates so far, statements from the call to the durable accept, at most. */
  untilAccepted?(): number;
  stop(): Promise<void>;
}

/** By key; the first of the peers is the one that the others are compared with. */
export const contenders: readonly Contender[] = [
  {
    key: 'own',
    title: 'Customer Graph',
    stores: ['postgres', 'pglite'],
    start: async (place, owners) => (await import('./contenders/own.ts')).own(place, owners),
  },
  {
    key: 'dbos',
    title: 'DBOS, a workflow with a step for each owner',
    stores: ['postgres'],
    start: async (place, owners) => (await import('./contenders/dbos.ts')).dbos(place, owners),
  },
  {
    key: 'pgboss',
    title: 'pg-boss, a job with a table of its steps',
    stores: ['postgres'],
    start: async (place, owners) => (await import('./contenders/pgboss.ts')).pgboss(place, owners),
  },
];
