import { expect, test } from '@jest/globals';
import { buildSchema, findBreakingChanges } from 'graphql';
import { changesBetween } from '../../schema/changes.ts';
import type { Impact } from '../../schema/changes/change.ts';
import type { Composed } from '../../schema/compose.ts';
import { api, breaking, dangerous, safe, type Edit } from './edits.ts';

const all = [
  ...breaking.map(classified('BREAKING')),
  ...dangerous.map(classified('DANGEROUS')),
  ...safe.map(classified('SAFE')),
];

test.each(all)('$impact: $title', ({ from, to, coordinate, code, impact }) => {
  expect(api).toContain(from);
  const changes = changesBetween(published(api), published(api.replace(from, to)));
  expect(changes).toContainEqual(expect.objectContaining({ coordinate, code, impact }));
  expect(changes[0]?.impact).toBe(impact);
});

test('whatever graphql-js calls breaking is breaking here as well', () => {
  const missed = all.filter(({ from, to, impact }) => {
    const found = findBreakingChanges(buildSchema(api), buildSchema(api.replace(from, to)));
    return found.length > 0 && impact !== 'BREAKING';
  });
  expect(missed.map(({ title }) => title)).toEqual(['a directive that no operation carries removed']);
});

test('the same schema in another order has no changes', () => {
  const [directives, ...types] = api.split(/^(?=interface|enum|union|input|scalar|type)/m);
  expect(changesBetween(published(api), published([directives, ...types.reverse()].join('\n')))).toEqual([]);
});

function classified(impact: Impact) {
  return ([title, from, to, coordinate, code]: Edit) => ({ title, from, to, coordinate, code, impact });
}

function published(sdl: string): Composed {
  return { api: sdl, supergraph: 'type Query { nothing: Int }' };
}
