import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '../../runtime/db/index.ts';
import type { Canaries } from './subject.ts';

/**
 * In which files of a directory which words are: `<file>: <what it was given to>`. The bytes are looked at as they are: a
 * long value that the store has compressed is not seen, so that whoever asks looks at which files there are as well.
 */
export function filesWith(directory: string, { all }: Canaries): readonly string[] {
  const places = new Map([...all].map(([place, word]) => [word, place]));
  const pattern = new RegExp(`(?:${[...places.keys()].join('|')})`, 'gi');
  return filesIn(directory).flatMap((name) => {
    const text = readFileSync(join(directory, name), 'latin1');
    const words = new Set(Array.from(text.matchAll(pattern), ([word]) => word.toLowerCase()));
    return [...words].map((word) => `${name}: ${places.get(word) ?? word}`);
  });
}

export function filesIn(directory: string): readonly string[] {
  return (readdirSync(directory, { recursive: true }) as string[]).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );
}

/** The files in which the house's tables are, with their indexes and what is too long for a row. */
export async function filesOf(db: Db): Promise<readonly string[]> {
  const rows = await db.query<{ path: string }>(
    `select pg_relation_filepath(oid) as path from pg_class where relkind in ('r', 'i', 't') and oid >= 16384`,
  );
  return rows.map(({ path }) => join('postgres', path));
}
