import { describe, expect, test } from '@jest/globals';
import { fingerprinterOf } from '../../events/index.ts';
import { fingerprintsOf } from '../../subgraphs/fingerprint.ts';
import { lensesOf } from '../../subgraphs/lens.ts';

interface Row {
  readonly a: string | null;
  readonly b: number | null;
  readonly parent: string | null;
  readonly rows: readonly { readonly x: number }[];
}
const { field, link, embedded, listed, made } = lensesOf<Row>();
const mapping = {
  one: field('a'),
  both: made(
    ['a', 'b'],
    ({ a, b }) => (a == null && b == null ? null : { a, b }),
    () => ({}),
  ),
  parent: link('parent'),
  rows: embedded(
    ['rows'],
    ({ rows }) => rows ?? [],
    () => ({}),
  ),
  list: listed('row', (row) => row),
};
const of = (secret: string) => fingerprintsOf(fingerprinterOf(secret), mapping);
const record: Row = { a: 'x', b: 1, parent: 'p', rows: [{ x: 1 }, { x: 2 }] };

describe('the fingerprints of a record', () => {
  test('are of what comes with it, and the same in whatever order its members came', () => {
    const found = of('s')(record);
    expect(Object.keys(found)).toEqual(['one', 'both', 'parent', 'rows']);
    expect(of('s')({ rows: [{ x: 1 }, { x: 2 }], parent: 'p', b: 1, a: 'x' })).toEqual(found);
    for (const text of Object.values(found)) expect(text).toMatch(/^[\w-]{11}$/);
  });

  test('are empty for nothing: null, absent, no rows', () => {
    const nothing = { one: '', both: '', parent: '', rows: '' };
    expect(of('s')({ a: null, b: null, parent: null, rows: [] })).toEqual(nothing);
    expect(of('s')({})).toEqual(nothing);
  });

  test.each<[string, Partial<Row>, readonly string[]]>([
    ['one value', { a: 'y' }, ['one', 'both']],
    ['an empty text, which is not nothing', { a: '' }, ['one', 'both']],
    ['another entity', { parent: 'q' }, ['parent']],
    ['the order of rows', { rows: [{ x: 2 }, { x: 1 }] }, ['rows']],
    ['a row less', { rows: [{ x: 1 }] }, ['rows']],
  ])('are others where there is %s, and only there', (_, change, expected) => {
    const [before, after] = [of('s')(record), of('s')({ ...record, ...change })];
    const names = Object.keys(before);
    expect(names.filter((name) => before[name] !== after[name])).toEqual(expected);
  });

  test('of one value are another text for another attribute, and in another store', () => {
    const { one } = of('s')({ a: 'x' });
    expect(fingerprinterOf('s')('other', 'x')).not.toBe(one);
    expect(of('t')({ a: 'x' }).one).not.toBe(one);
  });
});
