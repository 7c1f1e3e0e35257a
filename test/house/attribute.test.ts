import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { publish } from '../../schema/publish.ts';

const root = process.cwd();
const floors = ['runtime', 'schema', 'audit', 'steward', 'identity', 'events', 'subgraphs'];
const folders = [...floors, 'codegen.ts', 'tsconfig.json', 'package.json'];
const run = promisify(execFile);
let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'customer-graph-'));
  for (const name of folders) await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true }));

/** Puts one line before another into a file of the copy. */
async function addLine(file: string, before: string, line: string): Promise<void> {
  const text = await readFile(join(copy, file), 'utf8');
  expect(text.split(before)).toHaveLength(2);
  await writeFile(join(copy, file), text.replace(before, `${line}\n${before}`));
}

/** What the type checker says of the copy's systems; empty where it has nothing to say. */
async function typeErrors(): Promise<string> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const checked = await run(process.execPath, [compiler, '--noEmit', '-p', copy]).catch(
    (error: unknown) => error,
  );
  return (checked as { readonly stdout: string }).stdout;
}

test('a new attribute is one line in the contract and one in the mapping, and the second cannot be forgotten', async () => {
  await addLine(
    'subgraphs/crm/schema.graphql',
    '  "Line of business."',
    '  "Short name on labels." nickname: String @owner(system: CRM) @requiresScopes(scopes: [["customer:read"]])',
  );
  expect((await publish(copy, { check: false })).errors).toEqual([]);
  for (const [file, mention] of [
    ['supergraph.graphql', 'nickname: String'],
    ['api.graphql', 'nickname: String'],
    ['crm.ts', 'nickname?'],
    ['CATALOGUE.md', '`nickname`'],
  ] as const) {
    expect(await readFile(join(copy, 'schema/generated', file), 'utf8')).toContain(mention);
  }
  expect(await typeErrors()).toMatch(/crm\/mapping\.ts.*\n?.*nickname/);

  await addLine(
    'subgraphs/crm/mapping.ts',
    "  industry: field('Industry'),",
    "  nickname: given(field('Industry')),",
  );
  expect(await typeErrors()).toBe('');
}, 120_000);
