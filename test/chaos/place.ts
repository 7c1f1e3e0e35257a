import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServer, makeDatabase } from '../support/postgres.ts';
import { startServer, type OwnServer } from '../support/server.ts';
import type { StoreName } from './arguments.ts';
import type { WorkerOrder } from './messages.ts';

/** A store of the run's own, which goes with the run. */
export interface Place {
  readonly store: WorkerOrder['store'];
  /** Workers that it can have. */
  readonly workers: number;
  readonly remove: () => Promise<void>;
  /** Ends its server in the middle of everything and starts it again; only where the server is its own. */
  readonly restart?: OwnServer['restart'];
}

let made = 0;

/** A store on a server that the run may end; null where PostgreSQL is not installed here. */
export async function makeOwnPlace(): Promise<Place | null> {
  const server = await startServer();
  if (!server) return null;
  return { store: { databaseUrl: server.url }, workers: 3, ...server };
}

/** Null where there is no PostgreSQL server. */
export async function makePlace(name: StoreName): Promise<Place | null> {
  if (name === 'pglite') {
    const directory = await mkdtemp(join(tmpdir(), 'customer-graph-chaos-'));
    return { store: { directory }, workers: 1, remove: () => rm(directory, { recursive: true }) };
  }
  const server = await findServer();
  if (server === undefined) return null;
  const database = await makeDatabase(server, `customer_graph_chaos_${process.pid}_${++made}`);
  return { store: { databaseUrl: database.url }, workers: 3, remove: database.drop };
}
