import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditMigrations, type AuditEntry } from '../../audit/index.ts';
import { everything, now } from '../../clients/changes.ts';
import { documents as ofWrites } from '../../coordination/bulk/documents.ts';
import { idOf, trustedOf } from '../../gateway/documents/document.ts';
import { openDocuments } from '../../gateway/documents/open.ts';
import { createRegister } from '../../gateway/documents/register.ts';
import { runOperations } from '../../gateway/documents/run.ts';
import { documentsMigrations, find, list, publish, withdraw } from '../../gateway/documents/store.ts';
import { readConfig } from '../../runtime/config.ts';
import { loadMigrations, migrate, openDb, type Db } from '../../runtime/db/index.ts';
import { createLogger } from '../../runtime/telemetry.ts';
import { terminal } from '../seed/terminal.ts';
import { createDatabase, onPostgres, withStores } from '../support/store.ts';

const migrations = [auditMigrations, documentsMigrations].map((url) => fileURLToPath(url));
const listed = 'query Products { products { id } }';
const other = '{ page(first: 1) { id } }';
const idOfOther = idOf(other);

withStores((open) => {
  let db: Db;
  beforeAll(async () => {
    db = await open();
    await migrate(db, await loadMigrations(migrations));
  });

  test('what our own programs send is trusted without being published', async () => {
    const logger = createLogger({ level: 'silent', json: true });
    const textOf = await openDocuments('only', join(import.meta.dirname, '../..'), db, logger);
    for (const query of [everything, now, ...ofWrites]) expect(textOf({ query })).toBe(query);
    expect(await textOf({ query: other })).toMatchObject({
      errors: [{ extensions: { code: 'QUERY_NOT_IN_SAFELIST' } }],
    });
  });

  test('documents are published once, listed, found by what they are, and withdrawn', async () => {
    const documents = [trustedOf(listed), trustedOf(other)];
    expect(await publish(db, documents, 'ann')).toEqual(documents.map(({ id }) => id));
    expect(await publish(db, [trustedOf(other)], 'bob')).toEqual([]);
    expect(await list(db)).toMatchObject([{ names: expect.any(Array) as unknown }, {}]);
    expect(await find(db, [idOfOther])).toEqual([trustedOf(other)]);
    expect(await find(db, [trustedOf(`${other} # more`).form])).toEqual([trustedOf(other)]);
    expect(await withdraw(db, [idOfOther, idOf('nothing')], 'bob')).toEqual([idOfOther]);
    expect(await find(db, [idOfOther])).toEqual([]);
    const told = await db.query<{ entry: AuditEntry }>('select entry from audit_pending order by id');
    expect(
      told.map(({ entry: { action, actor, outcome, receipt } }) => [action, actor, outcome, receipt?.id]),
    ).toEqual([
      ...documents.map(({ id }) => ['PUBLISH', 'ann', 'PUBLISHED', id]),
      ['PUBLISH', 'bob', 'WITHDRAWN', idOfOther],
    ]);
  });
});

onPostgres(() => {
  const folder = mkdtempSync(join(tmpdir(), 'operations-'));
  const root = join(import.meta.dirname, '../..');
  let databaseUrl: string;
  let db: Db;
  beforeAll(async () => {
    databaseUrl = await createDatabase();
    db = await openDb({ databaseUrl, connections: 2 });
    await migrate(db, await loadMigrations(migrations));
  });
  afterAll(async () => {
    await db.close();
    rmSync(folder, { recursive: true });
  });
  const run = async (...given: string[]) => {
    const { written, ...at } = terminal();
    const config = () => readConfig({ DATABASE_URL: databaseUrl });
    return { code: await runOperations(given, { ...at, config, root, own: () => [] }), ...written };
  };
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const good = 'query Good { customers(first: 1) { edges { node { id } } } }';

  test('a running process executes what was published meanwhile, and no longer what was withdrawn', async () => {
    let now = 0;
    const register = createRegister({ own: [], find: (keys) => find(db, keys), now: () => now });
    expect(await register.get(idOf(good))).toBeUndefined();
    expect(await run('publish', file('good.graphql', good))).toEqual({
      code: 0,
      err: '',
      out: `sha256:${idOf(good)}\n`,
    });
    now = 1000;
    expect(await register.get(idOf(good))).toMatchObject({ document: good });
    expect((await run('publish', file('good.graphql', good))).out).toContain('(was published)');
    expect((await run('list')).out).toMatch(new RegExp(`^sha256:${idOf(good)} \\S+ Good\n$`));
    expect(await run('withdraw', `sha256:${idOf(good)}`)).toMatchObject({ code: 0 });
    now = 61_000;
    expect(await register.get(idOf(good))).toBeUndefined();
  });

  test.each<readonly [string, string, string]>([
    [
      'two.json',
      JSON.stringify({
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [{ id: idOf(good), name: 'Good', type: 'query', body: good }],
      }),
      idOf(good),
    ],
    ['three.json', JSON.stringify({ [idOf(`${good} `)]: `${good} ` }), idOf(`${good} `)],
  ])('a manifest is published: %s', async (name, text, id) => {
    expect(await run('publish', file(name, text))).toMatchObject({
      code: 0,
      out: expect.stringContaining(id) as unknown,
    });
  });

  test.each<readonly [string, string, string]>([
    ['no.graphql', '{ nothing }', 'Cannot query field "nothing"'],
    ['cut.graphql', '{ customers', 'cannot be read'],
    [
      'deep.graphql',
      `{ ${Array.from({ length: 60 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      '50 aliases',
    ],
    ['other.json', JSON.stringify({ abc: good }), 'is not the SHA-256'],
    ['list.json', '[1]', 'must be a manifest'],
    ['none.json', '{', 'must be a manifest'],
  ])('nothing is published where one is no good: %s', async (name, text, why) => {
    const before = await list(db);
    const fine = file('fine.graphql', `${good} # ${name}`);
    expect(await run('publish', fine, file(name, text))).toMatchObject({
      code: 1,
      err: expect.stringContaining(why) as unknown,
    });
    expect(await list(db)).toEqual(before);
  });

  test.each([
    [[], 1, ''],
    [['--help'], 0, ''],
    [['publish'], 1, 'Say which files'],
    [['nope'], 1, 'There is no command nope'],
    [['publish', '/nowhere/x.graphql'], 1, 'cannot be read'],
    [['withdraw', '0'.repeat(64)], 1, 'was not published'],
  ])('%j', async (given, code, err) => {
    const told = await run(...given);
    expect(told).toMatchObject({ code, err: expect.stringContaining(err) as unknown });
    if (err === '') expect(told.out).toContain('publish FILE');
  });
});
