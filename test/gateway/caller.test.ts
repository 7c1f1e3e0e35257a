import { describe, expect, test } from '@jest/globals';
import { anyone, selfDeclared } from '../../gateway/http/authentication.ts';
import { introduced } from '../../gateway/http/caller.ts';

const declared = selfDeclared();
const read = (headers: Readonly<Record<string, string>>, authenticate = declared) => {
  const found = introduced(headers, authenticate);
  if (found instanceof Promise) throw new Error('Who names itself is known at once.');
  const { refused, ...rest } = found;
  return refused ? rest : { ...rest };
};
const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the idempotency key', () => {
  test.each([
    ['bare', 'order-7 of 2026', 'order-7 of 2026'],
    ['in quotes, as the draft of the header has it', '"order-7"', 'order-7'],
    ['of 255 characters', 'k'.repeat(255), 'k'.repeat(255)],
  ])('%s', (_, written, key) => {
    expect(read({ 'idempotency-key': written })).toMatchObject({ idempotencyKey: key });
  });

  test.each([
    ['empty', ''],
    ['of nothing in quotes', '""'],
    ['of 256 characters', 'k'.repeat(256)],
    ['with a control character', 'a\u0007b'],
    ['with a letter outside ASCII', 'schlüssel'],
    ['with a quote that does not end', '"a'],
  ])('%s is refused', (_, written) => {
    expect(introduced({ 'idempotency-key': written }, declared)).toMatchObject({
      refused: true,
      status: 400,
      code: 'BAD_REQUEST',
      message: expect.stringContaining('Idempotency-Key'),
    });
  });
});

describe('the trace', () => {
  test.each([
    ['of the first version', parent],
    ['of a later version, with more behind it', `cc${parent.slice(2)}-what-comes-later`],
  ])('%s is passed on as it is', (_, traceparent) => {
    expect(read({ traceparent })).toMatchObject({ traceparent });
  });

  test.each([
    ['of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['without a span', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['of the first version with more behind it', `${parent}-more`],
    ['of a version that is none', `ff${parent.slice(2)}`],
    ['in capital letters', parent.toUpperCase()],
    ['that is something else', 'yes'],
  ])('%s is ignored, as the standard asks', (_, traceparent) => {
    expect(read({ traceparent })).toMatchObject({ traceparent: null });
  });
});

describe('who is calling', () => {
  test('is the local developer where nobody says otherwise', () => {
    expect(read({})).toEqual({
      principal: { subject: 'local-developer', scopes: new Set(['*']) },
      idempotencyKey: null,
      traceparent: null,
      unmaskReason: null,
    });
  });

  test('has the scopes that it names, and none where it names none', () => {
    expect(read({ 'x-principal': 'bob', 'x-scopes': 'customer:read customer:write:sales' })).toMatchObject({
      principal: { subject: 'bob', scopes: new Set(['customer:read', 'customer:write:sales']) },
    });
    expect(read({ 'x-principal': 'bob' })).toMatchObject({
      principal: { subject: 'bob', scopes: new Set() },
    });
    expect(read({ 'x-principal': 'bob', 'x-scopes': '' })).toMatchObject({
      principal: { scopes: new Set() },
    });
    expect(read({ 'x-scopes': 'customer:read' })).toMatchObject({
      principal: { subject: 'local-developer', scopes: new Set(['customer:read']) },
    });
  });

  test.each([
    ['an empty name', { 'x-principal': '' }],
    ['a name with a space', { 'x-principal': 'bob b' }],
    ['two spaces between scopes', { 'x-principal': 'bob', 'x-scopes': 'a  b' }],
    ['a control character in scopes', { 'x-scopes': 'a\tb' }],
  ])('%s is refused', (_, headers) => {
    expect(introduced(headers, declared)).toMatchObject({ refused: true, status: 400, code: 'BAD_REQUEST' });
  });

  test('is not for the caller to say at a door where nobody is asked', () => {
    expect(read({ 'x-principal': 'bob', 'x-scopes': 'a' }, anyone)).toMatchObject({
      principal: { subject: 'local-developer' },
    });
  });

  test('is one object for the same name and scopes', () => {
    const bob = { 'x-principal': 'bob', 'x-scopes': 'a' };
    expect(declared(bob)).toBe(declared({ ...bob }));
    expect(declared(bob)).not.toBe(declared({ ...bob, 'x-scopes': 'b' }));
    expect(declared(bob)).not.toBe(declared({ 'x-principal': 'bob' }));
  });
});
