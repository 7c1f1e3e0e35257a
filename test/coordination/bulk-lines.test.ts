import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCells } from '../../coordination/bulk/cells.ts';
import { columnsOf } from '../../coordination/bulk/columns.ts';
import { reasonText } from '../../coordination/bulk/contract.ts';
import { doneRows } from '../../coordination/bulk/done.ts';
import { readJson, type Read } from '../../coordination/bulk/line.ts';
import { verdictOf } from '../../coordination/bulk/verdict.ts';

const reasonsOf = (read: Read) => ('reasons' in read ? read.reasons.map(reasonText) : read);
const one = { customerId: 'c', changes: { segment: 'ENTERPRISE' } };

test('a line says whom it changes, what, and how', () => {
  const changes = { segment: 'ENTERPRISE', website: null };
  const expect_ = [{ system: 'CRM', version: '3' }];
  const line = { system: 'ERP', key: '0999000001', changes, mode: 'EACH', expect: expect_, reason: 'Why' };
  expect(readJson(JSON.stringify({ ...line, idempotencyKey: 'k' }))).toEqual({
    target: { system: 'ERP', key: '0999000001' },
    input: { changes, mode: 'EACH', expect: expect_, reason: 'Why' },
    idempotencyKey: 'k',
    hash: expect.stringMatching(/^[\w-]{10}$/),
  });
});

test('the same line has the same hash in any order of its members, another line another one', () => {
  const hashOf = (line: object) => (readJson(JSON.stringify(line)) as { hash: string }).hash;
  const { customerId, changes } = one;
  expect(hashOf({ changes, customerId, line: 3, reasons: [] })).toBe(hashOf(one));
  for (const other of [
    { ...one, customerId: 'd' },
    { ...one, reason: 'r' },
    { ...one, mode: 'EACH' },
  ])
    expect(hashOf(other)).not.toBe(hashOf(one));
});

test.each([
  ['no JSON', '{nope', [/^BAD_USER_INPUT: The line is not JSON: /]],
  ['no object', '[1]', [/^BAD_USER_INPUT: The line is not an object: /]],
  ['no customer', { changes: {} }, [/^BAD_USER_INPUT: The line names no customer: /]],
  ['two customers', { ...one, key: 'k' }, [/^BAD_USER_INPUT: The line names its customer twice: /]],
  ['half a key', { system: 'CRM', changes: {} }, ['BAD_USER_INPUT: "key" is not a text.']],
  [
    'a system that there is not',
    { system: 'CRN', key: 'k', changes: {} },
    [/^BAD_USER_INPUT: system: .* Did you mean .*"CRM"/],
  ],
  [
    'a misspelt member',
    { ...one, expects: [] },
    ['BAD_USER_INPUT: A line has no "expects". Did you mean "expect"?'],
  ],
  ['no changes', { customerId: 'c' }, [/^BAD_USER_INPUT: The line has no "changes": /]],
  [
    'a misspelt attribute',
    { customerId: 'c', changes: { segmnt: null } },
    [/^BAD_USER_INPUT: changes: Field "segmnt" .* Did you mean "segment"\?/],
  ],
  [
    'everything that is wrong, at once',
    {
      ...{ customerId: 'c', mode: 'SOME' },
      changes: { segment: 'HUGE', creditLimit: { amount: '5' }, website: 'nope', employees: 3 },
    },
    [
      /^INVALID_VALUE segment: Value "HUGE"/,
      /^INVALID_VALUE creditLimit: Field "currency" of required type/,
      /^BAD_USER_INPUT: mode: Value "SOME"/,
      /^INVALID_VALUE website: Give a web address/,
    ],
  ],
])('a line is refused: %s', (_, line, reasons) => {
  const found = reasonsOf(readJson(typeof line === 'string' ? line : JSON.stringify(line)));
  const wanted = reasons.map((reason) => (reason instanceof RegExp ? expect.stringMatching(reason) : reason));
  expect(found).toEqual(expect.arrayContaining(wanted));
  expect(found).toHaveLength(reasons.length);
});

const header = (text: string) => columnsOf(text.split(','));

test.each([
  [
    'texts, enums and numbers',
    'customerId,segment,employees,name',
    'c,ENTERPRISE,12,007',
    { segment: 'ENTERPRISE', employees: 12, name: '007' },
  ],
  ['an empty cell is absent', 'customerId,segment,name', 'c,,A', { name: 'A' }],
  ['the null word clears', 'customerId,segment,name', 'c,NULL,A', { segment: null, name: 'A' }],
  [
    'parts of an object',
    'customerId,creditLimit.currency,creditLimit.amount',
    'c,EUR,5.00',
    { creditLimit: { amount: '5.00', currency: 'EUR' } },
  ],
  [
    'a whole object is cleared',
    'customerId,creditLimit,creditLimit.amount',
    'c,NULL,',
    { creditLimit: null },
  ],
  [
    'items of a list, without those that are empty',
    'customerId,channels.1,channels.0,channels.2',
    'c,,WEB,PHONE',
    { channels: ['WEB', 'PHONE'] },
  ],
  [
    'a list within an object',
    'customerId,billingAddress.lines.0,billingAddress.city',
    'c,Street 1,Berlin',
    { billingAddress: { lines: ['Street 1'], city: 'Berlin' } },
  ],
])('cells: %s', (_, columns, row, changes) => {
  expect(readCells(row.split(','), header(columns), 'NULL')).toMatchObject({
    target: { customerId: 'c' },
    input: { changes },
  });
});

test('cells: a list may be JSON, a key keeps its zeros, and versions are expected by system', () => {
  const columns = header('system,key,channels,expect.CRM,reason,mode,idempotencyKey');
  expect(readCells(['ERP', '0999000001', '["WEB"]', '7', 'Why', 'EACH', 'k'], columns, null)).toMatchObject({
    target: { system: 'ERP', key: '0999000001' },
    input: {
      changes: { channels: ['WEB'] },
      expect: [{ system: 'CRM', version: '7' }],
      reason: 'Why',
      mode: 'EACH',
    },
    idempotencyKey: 'k',
  });
});

test.each([
  ['a word where a number is due', 'employees', 'many', /^INVALID_VALUE employees: Int cannot represent/],
  ['a number with a separator', 'employees', '1.250', /^INVALID_VALUE employees: Int cannot represent/],
  ['a word that is not the null word', 'segment', 'null', /^INVALID_VALUE segment: Value "null"/],
  [
    'a part without what belongs to it',
    'creditLimit.amount',
    '5.00',
    /^INVALID_VALUE creditLimit: Field "currency"/,
  ],
  ['a whole that is no JSON', 'creditLimit', '5 EUR', /^BAD_USER_INPUT: creditLimit: the cell is not JSON/],
  ['a whole and a part of it', 'creditLimit,creditLimit.amount', 'NULL,5', /gives both the whole and a part/],
  [
    'too many cells',
    'segment',
    'ENTERPRISE,x',
    /^BAD_USER_INPUT: The row has 3 cells where the header has 2/,
  ],
])('cells are refused: %s', (_, columns, row, reason) => {
  const read = readCells(['c', ...row.split(',')], header(`customerId,${columns}`), 'NULL');
  expect(reasonsOf(read)).toEqual([expect.stringMatching(reason)]);
});

test.each([
  [
    'customerid,segment',
    'There is no such column: "customerid". Did you mean "customerId"? (--help shows more)',
  ],
  [
    'customerId,segmet,billingAddress.citi',
    /"segmet"\. Did you mean "segment"\? "billingAddress\.citi"\. Did you mean "billingAddress\.city"/,
  ],
  ['customerId,name.first', 'There is no such column: "name.first". (--help shows more)'],
  ['customerId,constructor', 'There is no such column: "constructor". (--help shows more)'],
  ['customerId,name,name', 'The column "name" is there twice; leave one out.'],
  ['system,name', 'No column names the customer: it takes customerId, or system and key.'],
  ['customerId,reason', 'No column is an attribute: nothing would be changed.'],
])('the header %s is refused', (columns, message) => {
  expect(() => header(columns)).toThrow(message);
});

test('whatever the order in which rows are done, all of them are, and nothing is remembered of them', () => {
  const order = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
  fc.assert(
    fc.property(order, fc.nat(29), (ordinals, cut) => {
      const before = doneRows();
      for (const ordinal of ordinals.slice(0, cut)) before.add(ordinal);
      const done = doneRows(before.through, before.beyond());
      for (const ordinal of ordinals.slice(cut)) done.add(ordinal);
      for (let ordinal = 1; ordinal <= 31; ordinal++)
        expect(done.has(ordinal)).toBe(ordinals.includes(ordinal));
      expect(done.beyond().every((ordinal) => ordinal > done.through + 1)).toBe(true);
    }),
  );
});

const json = { 'content-type': 'application/json' };
const errors = (code: string, more: object = {}) =>
  JSON.stringify({ data: null, errors: [{ message: 'm', extensions: { code, ...more } }] });

test.each([
  ['data', 200, json, '{"data": {"a": 1}}', { kind: 'answered', data: { a: 1 } }],
  [
    'a refused input',
    400,
    json,
    errors('BAD_USER_INPUT'),
    { kind: 'answered', errors: [{ code: 'BAD_USER_INPUT' }] },
  ],
  ['a limit', 429, { 'retry-after': '7' }, '', { kind: 'later', retryAfter: 7 }],
  [
    'a limit in the answer',
    200,
    json,
    errors('RATE_LIMITED', { retryAfter: 3 }),
    { kind: 'later', retryAfter: 3 },
  ],
  ['a drain', 503, {}, 'draining', { kind: 'later', retryAfter: null }],
  ['a store that is away', 200, json, errors('STORE_UNAVAILABLE'), { kind: 'later' }],
  ['a fault', 200, json, errors('INTERNAL_SERVER_ERROR'), { kind: 'faulty' }],
  ['a fault without words', 500, {}, 'oops', { kind: 'faulty' }],
  ['no permission', 200, json, errors('FORBIDDEN'), { kind: 'hopeless', why: 'refuses: FORBIDDEN: m' }],
  ['another contract', 400, json, errors('GRAPHQL_VALIDATION_FAILED'), { kind: 'hopeless' }],
  ['a web page', 200, {}, '<html>', { kind: 'hopeless', why: 'does not answer as a GraphQL endpoint (200)' }],
  ['another JSON', 404, json, '{"error": "no"}', { kind: 'hopeless' }],
])('an answer: %s', (_, status, headers, text, verdict) => {
  expect(verdictOf({ status, headers, text })).toMatchObject(verdict);
});
