import { describe, expect, test } from '@jest/globals';
import { requestContext, type RequestContext } from '../../runtime/context.ts';
import type { Claims } from '../../runtime/principal.ts';
import { graphOf, type Answered, type Graph } from './graph/engine.ts';
import { people } from './graph/people.ts';

const code = 'UNAUTHORIZED_FIELD_OR_TYPE';

function as(
  scopes: string,
  more: { claims?: Claims; unmaskReason?: string; subject?: string } = {},
): RequestContext {
  const { subject = 'caller', claims, unmaskReason = null } = more;
  const principal = { subject, scopes: new Set(scopes.split(' ')), ...(claims && { claims }) };
  return requestContext({ principal, unmaskReason, timeout: 10_000, signal: new AbortController().signal });
}

function peopleGraph(renamed: string[] = []): Graph {
  return graphOf(
    people(renamed),
    {},
    { unmask: 'unmask', pseudonym: (coordinate, value) => `${coordinate}~${value.length}` },
  );
}

function asked({ calls }: Graph): string {
  return calls.map(({ operation }) => operation).join('\n');
}

function refusedPaths({ errors = [] }: Answered): string[] {
  return errors.map(({ path, extensions }) => `${String(extensions.code)} ${path?.join('.') ?? ''}`).sort();
}

const everything = `{
  person(id: "1") { id label salary bonus account { iban } }
  listed { id }
  vault { code }
}`;
const paths = {
  label: 'person.label',
  salary: 'person.salary',
  bonus: 'person.bonus',
  account: 'person.account',
  listed: 'listed',
  vault: 'vault',
};

/** Sixteen callers, and what of `everything` each may read. */
const callers: readonly [string, RequestContext, string][] = [
  ['everything', as('*'), 'label salary bonus account listed vault'],
  ['nothing', as(''), ''],
  ['no subject', as('', { subject: '' }), 'nobody'],
  ['a scope that nobody asks for', as('other'), ''],
  ['a scope in other letters', as('SALARY'), ''],
  ['the beginning of a scope', as('sal'), ''],
  ['one of two sets', as('salary'), 'salary'],
  ['half of the other set', as('boss'), ''],
  ['the other half', as('hr'), ''],
  ['the whole other set', as('boss hr'), 'salary'],
  ['the scope of the value`s type', as('account'), 'account'],
  ['the scope of a list', as('list'), 'listed'],
  ['the scope of an interface`s field', as('label'), 'label'],
  ['a policy by claim', as('', { claims: { policies: ['other', 'paid'] } }), 'bonus'],
  ['a policy that is a scope', as('paid', { claims: { policies: [] } }), ''],
  [
    'all by name',
    as('label salary account list vault bank', { claims: { policies: ['paid'] } }),
    'label salary bonus account listed vault',
  ],
];

test.each(callers)(
  'a caller with %s is answered what it may read, and nobody is asked for the rest',
  async (_name, context, may) => {
    const whole = peopleGraph();
    const { data: all } = (await whole.ask(everything)) as { data: Record<string, Record<string, unknown>> };
    const graph = peopleGraph();
    const answer = await graph.ask(everything, {}, context);
    if (may === 'nobody') {
      expect(answer).toMatchObject({ data: null });
      expect(graph.calls).toEqual([]);
      return;
    }
    const refused = Object.keys(paths).filter(
      (name) => !may.split(' ').includes(name),
    ) as (keyof typeof paths)[];
    const expected = structuredClone(all);
    for (const name of refused.filter((one) => one !== 'listed')) {
      const [root = '', field] = paths[name].split('.');
      if (field) expected[root] = { ...expected[root], [field]: null };
      else expected[root] = null as never;
    }
    expect(answer.data).toEqual(refused.includes('listed') ? null : expected);
    // A list that must be there and is refused takes the rest with it: then nothing else is told, or asked for.
    expect(refusedPaths(answer)).toEqual(
      (refused.includes('listed') ? (['listed'] as const) : refused)
        .map((name) => `${code} ${paths[name]}`)
        .sort(),
    );
    for (const name of refused) expect(asked(graph)).not.toContain(name);
    if (refused.includes('listed')) expect(graph.calls).toEqual([]);
  },
);

const salary = 'person(id: "1") { salary }';
/** Ways around a scope, for a caller that may read neither `salary`, `label`, `pay` of a person, nor the vault. */
const bypasses: readonly (readonly [string, string, object?])[] = [
  ['an alias', '{ person(id: "1") { id: salary } }'],
  [
    'the same alias for something allowed elsewhere',
    '{ a: person(id: "1") { id } b: person(id: "1") { id: salary } }',
  ],
  ['a named fragment', '{ person(id: "1") { ...F } } fragment F on Person { salary }'],
  [
    'a fragment in a fragment',
    `{ ...Q } fragment Q on Query { person(id: "1") { ... { ...F } } } fragment F on Person { x: salary }`,
  ],
  ['an inline fragment on an interface', '{ person(id: "1") { ... on Node { label } } }'],
  ['an interface', '{ nodes { label } }'],
  ['an interface`s field that only a type guards', '{ nodes { id pay } }'],
  ['a union', '{ found { ... on Person { salary } ... on Firm { id } } }'],
  ['a union through an interface', '{ found { ... on Node { label } } }'],
  ['@include', `query($yes: Boolean!) { person(id: "1") { salary @include(if: $yes) } }`, { yes: true }],
  ['@skip', `query($no: Boolean = false) { person(id: "1") { id @skip(if: true) salary @skip(if: $no) } }`],
  ['depth', '{ person(id: "1") { friend { friend { friend { salary } } } } }'],
  ['a list', '{ people(count: 3) { id salary } }'],
  ['a mutation`s answer', 'mutation { rename(id: "1") { id salary } }'],
  ['__typename of a guarded type', '{ vault { __typename } }'],
  ['fields merged with allowed ones', `{ ${salary} person(id: "1") { id } }`],
  ['another operation`s name', `query A { person(id: "1") { id } } query B { ${salary} }`],
];

describe('none of the ways around a scope leads anywhere, and the owner is not asked:', () => {
  test.each(bypasses.map(([name, document, variables = {}]) => ({ name, document, variables })))(
    '$name',
    async ({ name, document, variables }) => {
      const graph = peopleGraph();
      const operation = graph.engine.prepare(document, name.startsWith('another') ? 'B' : undefined);
      if ('errors' in operation) throw new Error(JSON.stringify(operation.errors));
      const answer = await operation.run(variables, as('other'));
      const body = 'errors' in answer ? JSON.stringify(answer) : answer.body;
      expect(body).not.toMatch(/4711|secret/);
      const { errors = [] } = JSON.parse(body) as Answered;
      expect(errors.length).toBeGreaterThan(0);
      expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set([code]));
      expect(asked(graph)).not.toMatch(/salary|label|vault|money/);
      expect(JSON.stringify(operation.explain(variables, as('other')))).not.toMatch(
        /salary|label|vault|money/,
      );
    },
  );
});

test('what one type asks for is asked for through its interface, and not of the other types by themselves', async () => {
  const through = await peopleGraph().ask('{ nodes { id pay } }', {}, as('other'));
  expect(through.data).toEqual({
    nodes: [
      { id: '1', pay: null },
      { id: 'f', pay: null },
    ],
  });
  const document = '{ nodes { id ... on Person { pay } ... on Firm { pay } } }';
  const { data, errors } = await peopleGraph().ask(document, {}, as('other'));
  expect(data).toEqual({
    nodes: [
      { id: '1', pay: null },
      { id: 'f', pay: 12 },
    ],
  });
  expect(errors).toMatchObject([
    { message: 'You may not read Person.pay: it is for pay.', path: ['nodes', 0, 'pay'] },
  ]);
});

test('an object that lacks a field which it must have is null, and the rest of it is not asked for', async () => {
  const graph = peopleGraph();
  const answer = await graph.ask('{ person(id: "1") { id grade bonus } }', {}, as(''));
  expect(answer.data).toEqual({ person: null });
  expect(refusedPaths(answer)).toEqual([`${code} person.grade`]);
  expect(asked(graph)).not.toMatch(/grade|bonus/);
});

test('a list stays a list, and says of a hundred places where, and of the others how many', async () => {
  const answer = await peopleGraph().ask('{ people(count: 150) { id salary } }', {}, as(''));
  expect(answer.data).toMatchObject({ people: { length: 150 } });
  expect(answer.errors).toHaveLength(101);
  expect(answer.errors?.[99]).toMatchObject({ path: ['people', 99, 'salary'] });
  expect(answer.errors?.[100]).toEqual({
    message: 'You may not read 50 more places of this answer.',
    extensions: { code },
  });
});

test('a refused mutation has no effect, and where it must have an answer neither have those beside it', async () => {
  const renamed: string[] = [];
  const graph = peopleGraph(renamed);
  const beside = await graph.ask('mutation { purge rename(id: "1") { id } }', {}, as(''));
  expect(beside.data).toEqual({ purge: null, rename: { id: '1' } });
  expect(renamed).toEqual(['1']);
  const none = await graph.ask('mutation { rename(id: "2") { id } wipe }', {}, as(''));
  expect(none.data).toBeNull();
  expect(refusedPaths(none)).toEqual([`${code} wipe`]);
  expect(renamed).toEqual(['1']);
});

test('callers who may read the same share one plan, and one who may read more has another', async () => {
  const graph = peopleGraph();
  const document = '{ person(id: "1") { salary } }';
  for (const [scopes, sees] of [
    ['other', null],
    ['salary', 4711],
    ['more', null],
    ['boss hr', 4711],
  ] as const)
    expect(await graph.ask(document, {}, as(scopes))).toMatchObject({ data: { person: { salary: sees } } });
});

describe('personal data is', () => {
  const document = '{ person(id: "1") { mail phone nick born } }';
  const masked = { mail: '*@example.com', phone: '****1820', nick: 'masked-Person.nick~6', born: null };
  const whole = { mail: 'ann@example.com', phone: '+4930901820', nick: 'nick-1', born: '1980-01-01' };

  test.each([
    ['masked for who may read it', as('other'), masked, []],
    ['whole for who may see it whole', as('pii'), whole, Object.keys(whole)],
    ['whole for who has every scope', as('*'), whole, Object.keys(whole)],
    [
      'whole for who may give a reason and does',
      as('unmask', { unmaskReason: 'a call of hers' }),
      whole,
      Object.keys(whole),
    ],
    ['masked for who may give a reason and does not', as('unmask'), masked, []],
    [
      'masked for who gives a reason and may not',
      as('other', { unmaskReason: 'a call of hers' }),
      masked,
      [],
    ],
  ])('%s, without an error, and told when it was whole', async (_name, context, person, shown) => {
    const graph = peopleGraph();
    const operation = graph.engine.prepare(document);
    if ('errors' in operation) throw new Error('refused');
    const answer = await operation.run({}, context);
    if ('errors' in answer) throw new Error('refused');
    const { body, personal } = answer;
    expect(JSON.parse(body)).toEqual({ data: { person } });
    expect(personal).toEqual(shown.map((name) => `Person.${name}`));
    expect(operation.personal({}, context)).toEqual(personal);
    expect(asked(graph).includes('born')).toBe(shown.length > 0);
  });

  test('refused rather than masked where its type is', async () => {
    const graph = peopleGraph();
    const refused = await graph.ask('{ person(id: "1") { account { iban } } }', {}, as('bank'));
    expect(refused.data).toEqual({ person: { account: null } });
    const shown = await graph.ask('{ person(id: "1") { account { iban } } }', {}, as('account'));
    expect(shown.data).toEqual({ person: { account: { iban: '****3000' } } });
  });

  test('the same pseudonym for the same value under every alias', async () => {
    const { data } = await peopleGraph().ask('{ people(count: 3) { nick other: nick } }', {}, as('other'));
    const pseudonym = 'masked-Person.nick~6';
    const one = { nick: pseudonym, other: pseudonym };
    expect(data).toEqual({ people: [one, one, one] });
  });
});
