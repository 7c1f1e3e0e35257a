import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { offers, type Kind, type Offer } from '../../steward/kinds.ts';

const text = await readFile('docs/stewardship.md', 'utf8');

test('what the page asks the graph for is what the graph has', async () => {
  const api = buildSchema(await readFile('schema/generated/api.graphql', 'utf8'), { assumeValidSDL: true });
  const documents = [...text.matchAll(/```graphql\n(.*?)```/gs)].map(([, document = '']) => document);
  expect(documents).toHaveLength(2);
  for (const document of documents) expect(validate(api, parse(document))).toEqual([]);
});

/** Those of the queue, all that there are. */
async function migrations(): Promise<string> {
  const files = await readdir('steward/migrations');
  return (await Promise.all(files.map((file) => readFile(`steward/migrations/${file}`, 'utf8')))).join('\n');
}

test('the table of kinds is the one that the queue goes by', async () => {
  const due = new Map(
    [...(await migrations()).matchAll(/\('(\w+)', '(\d+) hours'\)/g)].map(([, kind = '', hours = '']) => [
      kind,
      `${hours} h`,
    ]),
  );
  const told = [...text.matchAll(/^\| `(\w+)` *\|[^|]*\| *(\d+ h) *\| (.*?) *\|$/gm)].map(
    ([, kind = '', hours = '', decisions = '']) => ({
      kind,
      hours,
      decisions: [...decisions.matchAll(/`(\w+)`( \(two people\))?/g)].map(([, name, two]) => [
        name,
        two !== undefined,
      ]),
    }),
  );
  const known = (Object.keys(offers) as Kind[]).map((kind) => ({
    kind,
    hours: due.get(kind),
    decisions: Object.entries<Offer>(offers[kind]).map(([name, { approve }]) => [
      name,
      approve !== undefined,
    ]),
  }));
  const sorted = (rows: readonly { kind: string; decisions: unknown[][] }[]) =>
    rows
      .map((row) => ({ ...row, decisions: row.decisions.map(String).sort() }))
      .sort((one, other) => (one.kind < other.kind ? -1 : 1));
  expect(sorted(told)).toEqual(sorted(known));
});
