import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../runtime/failure.ts';
import { publish } from '../../schema/publish.ts';
import { orderFiles, temporaryRoot, type Variation } from './fixtures.ts';

const check = { check: true };
const write = { check: false };
const note = '"A remark." note: String @owner(system: SHOP) @authenticated';
const removed =
  'schema/generated/api.graphql FIELD_REMOVED Order.note: The field is gone. This breaks clients: take it back, or, if it is meant, list it with a reason in schema/intended.json.';

test('what was written passes the check, and writing again changes nothing', async () => {
  using place = temporaryRoot(orderFiles());
  expect((await publish(place.root, check)).errors).toContain(
    'schema/generated/CATALOGUE.md GENERATED_FILE_DIFFERS: It is not what the contracts give; run `npm run schema` and commit the result.',
  );
  expect(await publish(place.root, write)).toMatchObject({
    errors: [],
    lines: expect.arrayContaining(['9 generated files, 9 changed']) as unknown,
  });
  expect((await publish(place.root, check)).errors).toEqual([]);
  expect((await publish(place.root, write)).lines).toContain('9 generated files, 0 changed');
});

test('a generated file that was edited, is missing or that no contract gives any more fails the check', async () => {
  using place = temporaryRoot(orderFiles());
  await publish(place.root, write);
  writeFileSync(join(place.root, 'schema/generated/shop.ts'), 'export {};\n');
  rmSync(join(place.root, 'schema/generated/contracts.ts'));
  writeFileSync(join(place.root, 'schema/generated/bank.ts'), 'export {};\n');
  expect((await publish(place.root, check)).errors.map((error) => error.split(':')[0])).toEqual([
    'schema/generated/contracts.ts GENERATED_FILE_DIFFERS',
    'schema/generated/shop.ts GENERATED_FILE_DIFFERS',
    'schema/generated/bank.ts GENERATED_FILE_STALE',
  ]);
  await publish(place.root, write);
  expect((await publish(place.root, check)).errors).toEqual([]);
});

test('a breach of a convention is an error, yet the files are written so that work can go on', async () => {
  using place = temporaryRoot(orderFiles({ attributes: '"A remark." note: String @authenticated' }));
  const { errors } = await publish(place.root, write);
  expect(errors).toEqual([
    expect.stringMatching(/^subgraphs\/shop\/schema\.graphql:8 ATTRIBUTE_WITHOUT_OWNER /),
  ]);
  expect(readFileSync(join(place.root, 'schema/generated/shop.ts'), 'utf8')).toContain(
    'readonly note: Maybe<',
  );
});

test('contracts that do not parse or compose write nothing and remove nothing', async () => {
  using place = temporaryRoot(orderFiles());
  await publish(place.root, write);
  const before = readFileSync(join(place.root, 'schema/generated/shop.ts'), 'utf8');
  edit(place.root, { types: 'type {' });
  expect(await publish(place.root, write)).toEqual({
    errors: ['subgraphs/shop/schema.graphql:10 INVALID_CONTRACT: Syntax Error: Expected Name, found "{".'],
    lines: [],
  });
  edit(place.root, { attributes: '"A remark." note: Remark' });
  expect((await publish(place.root, write)).errors[0]).toBe(
    'subgraphs/shop/schema.graphql:8 INVALID_GRAPHQL: Unknown type Remark',
  );
  expect(readFileSync(join(place.root, 'schema/generated/shop.ts'), 'utf8')).toBe(before);
});

test('outside a repository the files on disk are what clients know', async () => {
  using place = temporaryRoot(orderFiles({ attributes: note }));
  await publish(place.root, write);
  edit(place.root, {});
  expect((await publish(place.root, check)).errors).toContain(removed);
});

test('a breaking change is found while it is edited, after it is committed, and against any reference', async () => {
  using place = temporaryRoot(orderFiles({ attributes: note }));
  const git = repository(place.root);
  await publish(place.root, write);
  git('first');

  edit(place.root, {});
  await publish(place.root, write);
  expect((await publish(place.root, check)).errors).toEqual([removed]);

  git('breaks');
  expect((await publish(place.root, check)).errors).toEqual([removed]);

  edit(place.root, { attributes: note.replaceAll('note', 'remark') });
  await publish(place.root, write);
  git('adds');
  expect((await publish(place.root, check)).errors).toEqual([]);
  expect((await publish(place.root, { check: true, base: 'HEAD~2' })).errors).toEqual([removed]);
  await expect(publish(place.root, { check: true, base: 'v9' })).rejects.toThrow(
    new Failure(
      'BAD_REQUEST',
      'There is no schema/generated/api.graphql at "v9"; name another reference or fetch it first.',
    ),
  );
});

test('an intended breaking change passes, and is pointed out once nothing needs it', async () => {
  using place = temporaryRoot(orderFiles({ attributes: note }));
  const git = repository(place.root);
  await publish(place.root, write);
  git('first');
  edit(place.root, {});
  const intended = [
    { coordinate: 'Order.note', code: 'FIELD_REMOVED', reason: 'Nobody read it for a year.' },
  ];
  writeFileSync(join(place.root, 'schema/intended.json'), JSON.stringify(intended));
  await publish(place.root, write);
  git('breaks');
  expect(await publish(place.root, check)).toMatchObject({
    errors: [],
    lines: [
      expect.stringMatching(/^breaking against commit \w+: FIELD_REMOVED Order\.note: The field is gone\.$/),
      '9 generated files, 0 not up to date',
    ],
  });
  edit(place.root, { attributes: note.replaceAll('note', 'remark') });
  await publish(place.root, write);
  git('adds');
  const later = await publish(place.root, check);
  expect(later.errors).toEqual([]);
  expect(later.lines[0]).toMatch(
    /^note: schema\/intended\.json lists FIELD_REMOVED Order\.note, which is no change against commit \w+; remove the entry/,
  );
});

test('a list of intended changes that says no reason is refused', async () => {
  using place = temporaryRoot({
    ...orderFiles(),
    'schema/intended.json': '[{ "coordinate": "Order.note", "code": "FIELD_REMOVED", "reason": "" }]',
  });
  await publish(place.root, write);
  expect((await publish(place.root, check)).errors).toEqual([
    'schema/intended.json INTENDED_MALFORMED: It must be a JSON array of objects with "coordinate", "code" and a non-empty "reason"; mend it.',
  ]);
});

function edit(root: string, variation: Variation): void {
  const file = 'subgraphs/shop/schema.graphql';
  writeFileSync(join(root, file), orderFiles(variation)[file] ?? '');
}

/** Makes the root a repository; the answer commits everything. */
function repository(root: string): (message: string) => void {
  // Inside a git hook these variables would lead to the repository of the hook.
  const elsewhere = ['-u', 'GIT_DIR', '-u', 'GIT_WORK_TREE', '-u', 'GIT_INDEX_FILE'];
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  const git = (...args: string[]) =>
    execFileSync('env', [...elsewhere, 'git', '-C', root, ...author, ...args]);
  git('init', '--quiet');
  return (message) => {
    git('add', '--all');
    git('commit', '--quiet', '--no-verify', '--message', message);
  };
}
