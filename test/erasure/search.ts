import type { Db } from '../../runtime/db/index.ts';
import type { OwnRedis } from '../support/redis.ts';
import type { Canaries } from './subject.ts';

/** In which tables, of every schema, which words are: `<table>: <what it was given to>`. */
export async function placesOf(db: Db, { all }: Canaries): Promise<readonly string[]> {
  const tables = await db.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  // Samples of values by which the store plans are in a table of its own.
  for (const { name } of [...tables, { name: 'pg_stats' }]) {
    const [row] = await db.query<{ all: string | null }>(
      `select string_agg(one::text, ' ') as all from ${name} one`,
    );
    found.push(...wordsIn(row?.all ?? '', all).map((place) => `${name.replace('public.', '')}: ${place}`));
  }
  return found.sort();
}

/** How what is kept under a key is read in whole, by its type. */
const whole: Readonly<Record<string, (key: string) => readonly [name: string, ...(string | number)[]]>> = {
  string: (key) => ['get', key],
  list: (key) => ['lrange', key, 0, -1],
  set: (key) => ['smembers', key],
  zset: (key) => ['zrange', key, 0, -1],
  hash: (key) => ['hgetall', key],
  stream: (key) => ['xrange', key, '-', '+'],
};

/** Under which keys of Redis, in a key or in what it has, which words are: `<type> <key>: <what it was given to>`. */
export async function keysWith(redis: OwnRedis, { all }: Canaries): Promise<readonly string[]> {
  const found: string[] = [];
  for (const key of (await redis.command('keys', '*')) as string[]) {
    const type = (await redis.command('type', key)) as string;
    const read = whole[type];
    if (!read) throw new Error(`nobody reads a ${type}`);
    const kept = JSON.stringify([key, await redis.command(...read(key))]);
    found.push(...wordsIn(kept, all).map((place) => `${type} ${key}: ${place}`));
  }
  // It reads the first of the databases of a server.
  const other = /^db[1-9].*/m.exec((await redis.command('info', 'keyspace')) as string);
  if (other) throw new Error(`nobody reads ${other[0]}`);
  return found.sort();
}

/** What the words in a text were given to; bytes are shown in hexadecimal. */
export function wordsIn(text: string, all: Canaries['all']): readonly string[] {
  const lower = text.toLowerCase();
  return [...all].flatMap(([place, word]) =>
    lower.includes(word) || lower.includes(Buffer.from(word).toString('hex')) ? [place] : [],
  );
}
