import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkerOf, checkValues } from '../../coordination/rules/index.ts';
import { attributes as contract } from '../../schema/generated/contracts.ts';
import { attributes, check, refusals, refusedAt, written } from './rules-support.ts';

test('every refusal comes at once, with its attribute and a path', () => {
  const { refusals } = checkValues('Customer', {
    name: 'x'.repeat(1_000_000),
    website: 'example.com',
    phone: '+49',
    employees: -1,
    segment: 'HUGE',
    channels: ['DIRECT', 'PIGEON'],
    creditLimit: { amount: '-12.345', currency: 'EUR' },
    legalEntity: { registeredName: null, lei: '529900T8BM49AURSDO56', country: 'DE' },
    billingAddress: { lines: [], city: null, region: null, postalCode: '1011', country: 'DE' },
    industry: 'Food',
  });
  expect(refusals.map(({ attribute, path, code }) => [attribute, path.join('.'), code])).toEqual([
    ['name', '', 'TOO_LARGE'],
    ['website', '', 'INVALID_VALUE'],
    ['phone', '', 'INVALID_VALUE'],
    ['employees', '', 'INVALID_VALUE'],
    ['segment', '', 'INVALID_VALUE'],
    ['channels', '1', 'INVALID_VALUE'],
    ['creditLimit', 'amount', 'INVALID_VALUE'],
    ['creditLimit', 'amount', 'INVALID_VALUE'],
    ['legalEntity', 'registeredName', 'INVALID_VALUE'],
    ['legalEntity', 'lei', 'INVALID_VALUE'],
    ['billingAddress', 'lines', 'INVALID_VALUE'],
    ['billingAddress', 'postalCode', 'INVALID_VALUE'],
  ]);
});

test('values come back in the form in which they are written, and as they were where they are refused', () => {
  const { values } = checkValues('Customer', {
    name: '  Alfreds Futterkiste ',
    phone: '+49 (0)30 0074321',
    website: ' https://example.com',
    accountOwner: { name: ' Ada ', email: 'ADA@EXAMPLE.COM' },
    creditLimit: { amount: '-0', currency: 'EUR' },
  });
  expect(values).toEqual({
    name: 'Alfreds Futterkiste',
    phone: '+49300074321',
    website: ' https://example.com',
    accountOwner: { name: 'Ada', email: 'ADA@example.com' },
    creditLimit: { amount: '0', currency: 'EUR' },
  });
});

test('a credit limit is not negative, and other amounts may be', () => {
  const limit = (amount: string) =>
    checkValues('Customer', { creditLimit: { amount, currency: 'EUR' } }).refusals.map(({ path }) => path);
  expect(limit('-0.01')).toEqual([['amount']]);
  expect(limit('0')).toEqual([]);
  expect(refusedAt('money', { amount: '-0.01', currency: 'EUR' })).toEqual([]);
});

test('null clears every governed attribute', () => {
  const governed = Object.values(contract.Customer).filter((attribute) => 'write' in attribute);
  expect(governed.length).toBeGreaterThan(15);
  const changes = Object.fromEntries(governed.map(({ name }) => [name, null]));
  expect(checkValues('Customer', changes)).toEqual({ values: changes, refusals: [] });
});

test('every governed attribute has a rule: none takes what no type has', () => {
  const governed = Object.values(contract.Customer).filter((attribute) => 'write' in attribute);
  const changes = Object.fromEntries(governed.map(({ name }) => [name, { unheard: 'of' }]));
  const refused = new Set(checkValues('Customer', changes).refusals.map(({ attribute }) => attribute));
  expect([...refused].sort()).toEqual(Object.keys(changes).sort());
});

test('names that are no attributes are left to the planner, an unknown entity has none', () => {
  const changes = { shoeSize: '\u0000', id: 'x'.repeat(100_000), ['__proto__']: 1, constructor: 2 };
  expect(checkValues('Customer', changes)).toEqual({ values: changes, refusals: [] });
  expect(checkValues('Order', changes)).toEqual({ values: changes, refusals: [] });
});

test('members that the type does not have are refused, not dropped', () => {
  expect(refusedAt('money', { amount: '1', currency: 'EUR', ['__proto__x']: 1 })).toEqual(['INVALID_VALUE']);
});

test('a text has at most 4,000 characters, in its composed form too', () => {
  expect(refusedAt('text', 'x'.repeat(4_001))).toEqual(['TOO_LARGE']);
  expect(refusedAt('text', '\u0958'.repeat(2_001))).toEqual(['TOO_LARGE']); // composed, it is two
  expect(refusedAt('web', `https://example.com/${'x'.repeat(1_000_000)}`)).toEqual(['TOO_LARGE']);
});

test('a list has at most 100 items', () => {
  expect(refusedAt('texts', Array(100).fill('a'))).toEqual([]);
  expect(refusedAt('texts', Array(101).fill('a'))).toEqual(['TOO_LARGE']);
});

test('the values of one write are at most 64 KiB of JSON: the largest of them is refused', () => {
  const most = { texts: Array(16).fill('x'.repeat(4_000)), text: `${'é'.repeat(742)}x` };
  expect(check('Thing', most).refusals).toEqual([]);
  const { refusals } = check('Thing', { ...most, id: 'x' });
  expect(refusals.map(({ attribute, path, code }) => [attribute, path, code])).toEqual([
    ['texts', [], 'TOO_LARGE'],
  ]);
});

test('a message never repeats the value', () => {
  const secret = 'S3CRETx7';
  for (const attribute of attributes) {
    for (const value of [
      secret,
      `\u0000${secret}`,
      { [secret]: secret },
      [secret],
      { lines: [`\u0000${secret}`] },
    ]) {
      expect(JSON.stringify(refusals(attribute, value).map(({ message }) => message))).not.toContain(secret);
    }
  }
});

test('a type that no rule knows is found when rules are made, not when a value comes', () => {
  expect(() => checkerOf('input ThingChangesInput { odd: Odd }')).toThrow('No rule knows values of Odd');
});

test('a type may have members of its own kind', () => {
  const tree = { text: 'a', branches: [{ text: ' b', branches: null }] };
  expect(written('tree', tree)).toEqual({ text: 'a', branches: [{ text: 'b', branches: null }] });
  expect(refusedAt('tree', { text: 'a', branches: [{ text: '', branches: null }] })).toEqual([
    'branches.0.text INVALID_VALUE',
  ]);
});

const members = fc.constantFrom(
  'lines',
  'city',
  'postalCode',
  'country',
  'amount',
  'currency',
  'number',
  'kind',
  'iban',
);
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'DE',
    'GB',
    'CN',
    'VAT',
    'EIN',
    'EUR',
    '-0.0',
    'XI220430231',
    '+44 (0)20 7946 0958',
    'a@B.CC',
    'de-at',
  ),
  fc.stringMatching(/^[+-]?[A-Z0-9 .@/-]{0,25}$/),
);
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    words,
    fc.constant(null),
    fc.double(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(members, tie('value')),
    fc.record({ country: words, kind: words, number: words, validFrom: words, validTo: words }),
  ),
}));

test('no JSON makes it throw, and what was checked once is checked again without a change', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...attributes), fc.oneof(anything, fc.jsonValue()), (attribute, value) => {
      const once = check('Thing', { [attribute]: value });
      expect(check('Thing', once.values)).toEqual(once);
      if (once.refusals.length === 0) taken += 1;
    }),
    { numRuns: 4_000 },
  );
  expect(taken).toBeGreaterThan(100);
});

test('tax ids, postal codes, telephone numbers and accounts are written the same when checked again', () => {
  const countries = fc.constantFrom('DE', 'GB', 'FR', 'CN', 'MX', 'NO', 'US', 'NG', 'GR', 'SG');
  const kinds = fc.constantFrom('VAT', 'GST', 'EIN', 'LOCAL');
  fc.assert(
    fc.property(countries, kinds, words, words, (country, kind, number, text) => {
      const once = check('Thing', {
        tax: { country, kind, number, validFrom: null, validTo: null },
        address: { lines: [text], city: null, region: null, postalCode: number, country },
        phone: `+${number}`,
        account: { iban: number, holder: text },
      });
      expect(check('Thing', once.values)).toEqual(once);
    }),
    { numRuns: 1_000 },
  );
});
