import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import { PGlite, protocol } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { Failure } from '../failure.ts';
import { own } from './owner.ts';
import type { Db } from './port.ts';
import { pgliteSession } from './session.ts';
import { keptTemplate } from './template.ts';
import { transactions } from './transaction.ts';
import { turns } from './turns.ts';
import { SESSION } from './values.ts';

const library = dirname(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')));
const extensions = { pg_trgm };
/** What is in memory already needs no large cache of it, which would be cleared page by page at each start. */
const inMemory = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];
/** Milliseconds of statements in a row after which whatever else waits in this process has its turn. */
const PATIENCE = 2;

/**
 * The embedded store: PostgreSQL in this process. It has one connection, so that statements and transactions take turns.
 * @param directory where it is kept; in memory without
 * @throws Failure STORE_IN_USE, STORE_UNAVAILABLE
 */
export async function openPglite(
  directory: string | undefined,
  progress: (line: string) => void,
): Promise<Db> {
  const release = directory === undefined ? () => undefined : await claim(directory);
  const engine = await boot(directory, progress).catch((error: unknown) => {
    release();
    throw error;
  });
  const session = pgliteSession(protocol.serialize, (message, received) =>
    engine.execProtocolRawStream(message, { syncToFs: false, onRawData: received }),
  );
  await session.script(SESSION);
  const turn = turns();
  const boundary = transactions();
  const locks = new Map<string, ReturnType<typeof turns>>();
  let closed: Promise<void> | undefined;
  let gaveWay = performance.now();
  /** One piece of work on the one connection. */
  const exclusive = async <T>(work: () => Promise<T>): Promise<T> => {
    boundary.outside();
    if (closed) throw new Failure('STORE_UNAVAILABLE', 'The store is closed; the process is stopping.');
    return turn(async () => {
      // The engine answers without ever waiting: statement upon statement, no timer and no socket would be heard.
      if (performance.now() - gaveWay > PATIENCE) {
        await others();
        gaveWay = performance.now();
      }
      return work();
    });
  };
  return {
    kind: 'pglite',
    durability: { fsync: false, synchronousCommit: 'on', fullPageWrites: true },
    query: (sql, parameters) => exclusive(() => session.query(sql, parameters)),
    script: (sql) => exclusive(() => session.script(sql)),
    transaction: (work) => exclusive(() => boundary.run(session, work)),
    listen: async (channel, heard) => {
      await exclusive(() => session.listen(channel, heard));
      return () => session.unlisten(channel, heard);
    },
    lock: async (name, work) => {
      boundary.outside();
      const queue = locks.get(name) ?? turns();
      locks.set(name, queue);
      return queue(work);
    },
    close: () =>
      (closed ??= turn(async () => {
        await engine.close();
        release();
      })),
  };
}

async function claim(directory: string): Promise<() => void> {
  try {
    await mkdir(directory, { recursive: true });
    return own(resolve(directory));
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(
      'STORE_UNAVAILABLE',
      `The directory ${directory} cannot be written; set DATA_DIR to one that can.`,
      {
        cause,
      },
    );
  }
}

/** Starts the engine on its data, made from the kept template where there is none yet. */
async function boot(directory: string | undefined, progress: (line: string) => void): Promise<PGlite> {
  if (directory === undefined)
    return PGlite.create({ extensions, loadDataDir: await template(progress), startParams: inMemory });
  const data = join(directory, 'postgres');
  // Present while the first unpacking runs; found at start, it was interrupted and nothing was ever stored.
  const unfinished = join(directory, 'postgres.unfinished');
  try {
    if (existsSync(unfinished)) await rm(data, { recursive: true, force: true });
    if (existsSync(data)) return await PGlite.create(data, { extensions });
    await writeFile(unfinished, '');
    await mkdir(data, { mode: 0o700 });
    const engine = await PGlite.create(data, { extensions, loadDataDir: await template(progress) });
    await rm(unfinished);
    return engine;
  } catch (cause) {
    throw new Failure(
      'STORE_UNAVAILABLE',
      `The embedded store in ${directory} cannot be opened; bring it back from a backup, or move it away to begin with an empty one.`,
      { cause },
    );
  }
}

async function template(progress: (line: string) => void): Promise<Blob> {
  const { version } = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8')) as { version: string };
  const folder = join(dirname(dirname(library)), '.cache', 'customer-graph');
  const name = `pglite-${version}-${Object.keys(extensions).join('-')}.zst`;
  const bytes = await keptTemplate(folder, name, async () => {
    progress('Preparing the embedded store; this takes 2 to 20 seconds, and happens once.');
    const engine = await PGlite.create({ extensions });
    try {
      await engine.exec('create extension pg_trgm');
      return await (await engine.dumpDataDir('none')).arrayBuffer();
    } finally {
      await engine.close();
    }
  });
  // A Blob of these bytes would copy them twice, which takes as long as to unpack them.
  return Object.assign(new Blob([]), { arrayBuffer: () => Promise.resolve(bytes) });
}
