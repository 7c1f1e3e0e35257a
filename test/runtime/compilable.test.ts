import { expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { isCompilable } from '../../runtime/compilable.ts';

const schema = buildSchema(`
  type Query { echo(plain: Plain, misread: Misread, deep: [Deep!], self: Self): String }
  input Plain { a: Int = 1 b: [String!] }
  input Misread { a: Int! = 1 }
  input Deep { in: Misread }
  input Self { again: Self }
`);

test.each([
  ['query ($a: Plain) { echo(plain: $a) }', true],
  ['{ echo(misread: {}) }', true],
  ['query ($a: Int) { echo(plain: {a: $a}) }', false],
  ['query ($a: [String!]) { echo(plain: {b: $a}) }', false],
  ['query ($a: Self) { echo(self: $a) }', false],
  ['query ($a: Misread) { echo(misread: $a) }', false],
  ['query ($a: [Deep!]) { echo(deep: $a) }', false],
])('%s is compiled: %s', (operation, expected) => {
  expect(isCompilable(schema, parse(operation))).toBe(expected);
});
