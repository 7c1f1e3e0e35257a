import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { Db, Queryable } from './port.ts';

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
      const hash = hashOf(sql);
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

/** How a store's schema differs from what this program knows; all three are empty where it does not. */
export interface Differences {
  /** Not applied yet. */
  readonly missing: readonly string[];
  /** Changed after they had been applied. */
  readonly changed: readonly string[];
  /** Applied by a program that knows more than this one. */
  readonly unknown: readonly string[];
}

/** Compares without changing anything. */
export async function differences(db: Queryable, migrations: readonly Migration[]): Promise<Differences> {
  const [found] = await db.query<{ there: boolean }>(`select to_regclass('migration') is not null as there`);
  const rows =
    found?.there === true
      ? await db.query<{ name: string; hash: string }>('select name, hash from migration')
      : [];
  const applied = new Map(rows.map(({ name, hash }) => [name, hash]));
  const known = new Set(migrations.map(({ name }) => name));
  return {
    missing: migrations.filter(({ name }) => !applied.has(name)).map(({ name }) => name),
    changed: migrations
      .filter(({ name, sql }) => applied.has(name) && applied.get(name) !== hashOf(sql))
      .map(({ name }) => name),
    unknown: [...applied.keys()].filter((name) => !known.has(name)).sort(),
  };
}

const hashOf = (sql: string): string =>
  createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');

const refused = (sentence: string): Failure => new Failure('INVALID_CONFIGURATION', sentence);
