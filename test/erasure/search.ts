import type { Db } from '../../runtime/db/index.ts';
import type { Canaries } from './subject.ts';

/** In which tables, of every schema, which words are: `<table>: <what it was given to>`. */
export async function placesOf(db: Db, { all }: Canaries): Promise<readonly string[]> {
  const tables = await db.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await db.query<{ all: string | null }>(
      `select string_agg(one::text, ' ') as all from ${name} one`,
    );
    found.push(...wordsIn(row?.all ?? '', all).map((place) => `${name.replace('public.', '')}: ${place}`));
  }
  return found.sort();
}

/** What the words in a text were given to; bytes are shown in hexadecimal. */
export function wordsIn(text: string, all: Canaries['all']): readonly string[] {
  const lower = text.toLowerCase();
  return [...all].flatMap(([place, word]) =>
    lower.includes(word) || lower.includes(Buffer.from(word).toString('hex')) ? [place] : [],
  );
}
