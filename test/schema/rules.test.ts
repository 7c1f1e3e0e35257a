import { expect, test } from '@jest/globals';
import { compose } from '../../schema/compose.ts';
import { formatProblem } from '../../schema/problem.ts';
import { lint } from '../../schema/rules.ts';
import { orderContracts } from './fixtures.ts';
import { governanceCases } from './governance-cases.ts';
import { shapeCases } from './shape-cases.ts';

const cases = [...governanceCases, ...shapeCases];

test('contracts that follow every convention give no problem, and compose', () => {
  expect(lint(orderContracts())).toEqual([]);
  expect(compose(orderContracts())).not.toHaveProperty('problems');
});

test.each(cases)('$code is found at $coordinate, with file and line', ({ code, coordinate, fails }) => {
  const found = lint(orderContracts(fails));
  expect(found.map((problem) => [problem.code, problem.coordinate])).toEqual([[code, coordinate]]);
  expect(found[0]?.file).toMatch(/^(identity|subgraphs\/(shop|depot))\/schema\.graphql$/);
  expect(found[0]?.line).toBeGreaterThan(0);
});

test.each(cases)('$code is silent where $coordinate is right', ({ passes }) => {
  expect(lint(orderContracts(passes))).toEqual([]);
});

test('an entity without any owner is found as soon as a second system adds to it', () => {
  const parcel = '"A parcel." type Parcel @key(fields: "id") { "Its id." id: ID!';
  const contracts = orderContracts({
    types: `${parcel} "Its weight." weight: Decimal @authenticated }`,
    depot: `} ${parcel} "Where it is." place: String @authenticated`,
  });
  expect(lint(contracts).map(({ code, coordinate }) => `${code} ${coordinate ?? ''}`)).toEqual([
    'ATTRIBUTE_WITHOUT_OWNER Parcel.place',
    'ATTRIBUTE_WITHOUT_OWNER Parcel.weight',
  ]);
});

test('a type that one system alone fills in needs no owners', () => {
  const contracts = orderContracts({
    types: '"A parcel." type Parcel @key(fields: "id") { "Its id." id: ID! "Its weight." weight: Decimal }',
    depot: '} "A parcel." type Parcel @key(fields: "id") { "Its id." id: ID!',
  });
  expect(lint(contracts)).toEqual([]);
});

test('a problem is one line that a terminal can jump to', () => {
  const [problem] = lint(orderContracts({ attributes: `"A remark." note: String @authenticated` }));
  expect(problem && formatProblem(problem)).toBe(
    'subgraphs/shop/schema.graphql:8 ATTRIBUTE_WITHOUT_OWNER Order.note: Nobody owns it; add @owner(system: SHOP) or the system that does own it.',
  );
});
