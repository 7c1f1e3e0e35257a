import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { Db } from './port.ts';

/** One step of the store's schema; its name never changes and its SQL neither, once it was applied anywhere. */
export interface Migration {
  /** As the file's name without `.sql`, e.g. `0100_crosswalk`. */
  readonly name: string;
  readonly sql: string;
}

/**
 * Reads `NNNN_name.sql` out of several folders, in the order of their numbers over all folders.
 * @throws Failure INVALID_CONFIGURATION for a file without a number, or a number or name used twice
 */
export async function loadMigrations(folders: readonly string[]): Promise<Migration[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const files = (await readdir(folder)).filter((file) => file.endsWith('.sql'));
      return Promise.all(
        files.map(async (file) => ({
          name: file.slice(0, -4),
          sql: await readFile(join(folder, file), 'utf8'),
        })),
      );
    }),
  );
  const migrations = found.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
  const numbers = new Map<string, string>();
  for (const { name } of migrations) {
    const number = /^(\d{4})_[a-z0-9_]+$/.exec(name)?.[1];
    if (number === undefined)
      throw refused(`Name the migration ${name}.sql as four digits, an underscore and lower case words.`);
    const other = numbers.get(number);
    if (other !== undefined)
      throw refused(
        `Two migrations have the number ${number} (${other}, ${name}); give one of them another.`,
      );
    numbers.set(number, name);
  }
  return migrations;
}

/**
 * Brings the store's schema up to date: applies what is missing, in order, each in a transaction of its own. Several
 * processes may do so at once. Gives the names of those applied now.
 * @throws Failure INVALID_CONFIGURATION when an applied migration was changed since
 */
export async function migrate(db: Db, migrations: readonly Migration[]): Promise<string[]> {
  return db.lock('customer-graph migrations', async () => {
    await db.script(`create table if not exists migration (
      name text primary key,
      hash text not null,
      applied_at timestamptz not null default now()
    )`);
    const rows = await db.query<{ name: string; hash: string }>('select name, hash from migration');
    const applied = new Map(rows.map(({ name, hash }) => [name, hash]));
    const done: string[] = [];
    for (const { name, sql } of migrations) {
      const hash = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
      const known = applied.get(name);
      if (known === hash) continue;
      if (known !== undefined)
        throw refused(
          `The migration ${name} was changed after it had been applied; restore it and put the change into a new one.`,
        );
      await db.transaction(async (tx) => {
        await tx.script('set local statement_timeout = 0');
        await tx.script(sql);
        await tx.query('insert into migration (name, hash) values ($1, $2)', [name, hash]);
      });
      done.push(name);
    }
    return done;
  });
}

const refused = (sentence: string): Failure => new Failure('INVALID_CONFIGURATION', sentence);
