import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readRowRules, rowRulesIn, type RowRule } from '../../identity/row-rules.ts';
import { rowsBy, rowsFor } from '../../identity/visibility.ts';
import type { Principal } from '../../runtime/principal.ts';
import { seal } from '../support/seal.ts';
import { withStores } from '../support/store.ts';
import { openRegister } from './support.ts';

const rules = (...all: object[]): readonly RowRule[] =>
  rowRulesIn(JSON.stringify({ rules: all.map((rule, n) => ({ name: `rule ${n}`, ...rule })) }));
const who = (scopes: string[] = [], claims: Principal['claims'] = {}): Principal => ({
  ...{ subject: 'nancy@example.com', scopes: new Set(scopes), claims },
});
const seenBy = (caller: Principal, ...all: object[]) => {
  const rows = rowsFor(rules(...all), caller, (email) => email && `key of ${email.toLowerCase()}`);
  return rows === null ? 'ALL' : (JSON.parse(rows) as object[]);
};

describe('what a caller sees', () => {
  test('is all that the rules give which apply, and nothing where none does', () => {
    const germany = { scopes: ['de'], sees: { countries: ['DE'] } };
    const large = { scopes: ['large'], sees: { segments: ['ENTERPRISE'], countries: ['FR', 'DE'] } };
    expect(seenBy(who(), germany, large)).toEqual([]);
    expect(seenBy(who(['de']), germany, large)).toEqual([{ countries: ['DE'] }]);
    expect(seenBy(who(['de', 'large']), germany, large)).toEqual([
      { countries: ['DE', 'FR'], segments: ['ENTERPRISE'] },
      { countries: ['DE'] },
    ]);
  });

  test('follows the claims of the token: who has them, and what is in them', () => {
    const region = { claims: { groups: ['sales', 'service'] }, sees: { countries: { claim: 'regions' } } };
    expect(seenBy(who(), region)).toEqual([]);
    expect(seenBy(who([], { groups: ['service'], regions: ['de', 'AT', 'nowhere'] }), region)).toEqual([
      { countries: ['AT', 'DE'] },
    ]);
    // A claim that is not there is in no list: it lets see nobody, and not everybody.
    expect(seenBy(who([], { groups: ['sales'] }), region)).toEqual([{ countries: [] }]);
  });

  test('is their own by the address in a claim, or by the subject', () => {
    const own = { sees: { accountOwner: { claim: 'email' } } };
    expect(seenBy(who([], { email: ['Ann@Example.com'] }), own)).toEqual([
      { accountOwners: ['key of ann@example.com'] },
    ]);
    expect(seenBy(who([], {}), own)).toEqual([{ accountOwners: [] }]);
    expect(seenBy(who(), { sees: { accountOwner: 'SUBJECT' } })).toEqual([
      { accountOwners: ['key of nancy@example.com'] },
    ]);
  });

  test('is everything by a rule that says so, and for whoever may do everything', () => {
    expect(seenBy(who(['all']), { scopes: ['all'], sees: 'ALL' })).toBe('ALL');
    expect(seenBy(who(['*']), { scopes: ['x'], sees: { countries: ['DE'] } })).toBe('ALL');
  });

  test('is everything within the graph, and where there are no rules', () => {
    const none = rules({ scopes: ['x'], sees: 'ALL' });
    const rowsOf = rowsBy(none, () => '');
    expect(rowsOf({ principal: who(), caller: 'gateway' })).toBe('[]');
    expect(rowsOf({ principal: who(), caller: 'coordination' })).toBeNull();
    expect(rowsBy(null, () => '')({ principal: who(), caller: 'gateway' })).toBeNull();
  });
});

test.each([
  ['no JSON', '{', 'is no JSON'],
  ['no rules', '{ "rules": [] }', 'rules: '],
  ['a rule without a name', '{ "rules": [{ "sees": "ALL" }] }', 'rules.0.name'],
  ['a word that nobody knows', '{ "rules": [{ "name": "a", "see": "ALL" }] }', 'see'],
  [
    'a segment that there is not',
    '{ "rules": [{ "name": "a", "sees": { "segments": ["BIG"] } }] }',
    'a segment is one of ENTERPRISE',
  ],
  [
    'a country by its name',
    '{ "rules": [{ "name": "a", "sees": { "countries": ["Germany"] } }] }',
    'countries',
  ],
  ['no condition', '{ "rules": [{ "name": "a", "sees": {} }] }', 'at least one condition'],
])('a file with %s is refused, and says where', (_, content, sentence) => {
  expect(() => rowRulesIn(content)).toThrow(
    expect.objectContaining({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining(sentence),
    }),
  );
});

test('a file that is not there is refused; without one there are no rules', () => {
  expect(() => readRowRules(join(import.meta.dirname, 'nowhere.json'))).toThrow('cannot be read');
  expect(readRowRules(undefined)).toBeNull();
});

withStores((open) => {
  test('search and count say the same as the store’s own function, in every order, and without rows no more is asked', async () => {
    const { db, identity, statements } = await openRegister(open);
    const segments = ['ENTERPRISE', 'RESELLER', undefined];
    const countries = ['DE', 'FR', null];
    const enrolments = Array.from({ length: 1_300 }, (_all, n) => ({
      records: [{ system: 'CRM' as const, key: `crm-${n}` }],
      facts: {
        ...{ name: `Customer ${n}`, country: countries[n % 3] },
        ...{
          segment: segments[Math.floor(n / 3) % 3],
          accountOwner: n % 300 === 0 ? 'nancy@example.com' : null,
        },
      },
    }));
    const ids = await identity.register.enrol(enrolments);
    const [{ owner } = { owner: '' }] = await db.query<{ owner: string }>(
      'select account_owner as owner from identity_customer where account_owner is not null limit 1',
    );
    for (const rows of [
      [],
      [{ countries: ['DE'] }],
      [{ segments: ['ENTERPRISE'], countries: ['DE', 'FR'] }],
      // So few that they are not met in a short walk.
      [{ accountOwners: [owner] }],
      [{ accountOwners: [owner] }, { segments: ['RESELLER'] }],
      [{ countries: [] }],
    ].map((one) => JSON.stringify(one))) {
      const expected = new Set(await identity.among(ids, rows));
      for (const orderBy of ['NAME_ASC', 'NAME_DESC', 'REGISTERED_ASC', 'REGISTERED_DESC'] as const) {
        const found: string[] = [];
        for (let after: string | null = null; ;) {
          const page = await identity.search({ first: 100, after, orderBy }, rows);
          found.push(...page.edges.map(({ node }) => node.id));
          expect(await page.totalCount()).toBe(expected.size);
          if (!page.pageInfo.hasNextPage) break;
          after = page.pageInfo.endCursor;
        }
        expect(new Set(found)).toEqual(expected);
        expect(found).toHaveLength(expected.size);
      }
      expect(new Set(await identity.members({ after: null, limit: 2_000, rows }))).toEqual(expected);
      expect(new Set((await identity.crosswalk.registrations(ids, rows)).keys())).toEqual(expected);
    }
    expect(owner).toBe(seal('account owner', 'nancy@example.com'));
    statements.length = 0;
    await identity.search({ first: 7 });
    await identity.crosswalk.registrations(ids);
    expect(statements.map(({ sql }) => sql).join(' ')).not.toMatch(/identity_sees|segment/);
    expect(statements).toHaveLength(2);
    await db.close();
  });
});
