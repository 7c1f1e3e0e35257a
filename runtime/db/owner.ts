import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../failure.ts';

/** SQLite's name for "somebody else holds the lock". */
const SQLITE_BUSY = 5;

/**
 * Makes this process the only owner of a directory, until the result is called or the process ends in whatever way.
 *
 * The lock is the operating system's own lock on a file, held by the process: the kernel lets go of it when the process
 * dies, so nothing can be stale, no process id is compared, and processes in different containers of one machine see it.
 * Node has no call for it; SQLite takes exactly this lock, correctly on every system.
 * @throws Failure STORE_IN_USE
 */
export function own(directory: string): () => void {
  const note = join(directory, 'owner.json');
  const lock = new DatabaseSync(join(directory, 'owner.lock'));
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive');
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw cause;
    throw new Failure(
      'STORE_IN_USE',
      `The store in ${directory} is in use by ${holder(note)}; stop that process, or set DATA_DIR to another directory.`,
    );
  }
  writeFileSync(note, JSON.stringify({ process: process.pid, host: hostname() }));
  return () => {
    rmSync(note, { force: true });
    lock.close();
  };
}

const isBusy = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'errcode' in cause && cause.errcode === SQLITE_BUSY;

/** Who holds the lock, for the sentence only: the lock itself decides. */
function holder(note: string): string {
  try {
    const { process: id, host } = JSON.parse(readFileSync(note, 'utf8')) as { process: number; host: string };
    return `process ${id}${host === hostname() ? '' : ` on ${host}`}`;
  } catch {
    return 'another process';
  }
}
