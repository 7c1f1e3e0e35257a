import { expect, test } from '@jest/globals';
import { sharedScopes } from '../../../events/webhooks/endpoint.ts';
import { formerUntil, rotated, signing } from '../../../events/webhooks/secrets.ts';
import { endpointUrl } from '../../../events/webhooks/url.ts';

test.each([
  ['https://example.org/hook', 'https://example.org/hook'],
  ['https://8.8.8.8/', 'https://8.8.8.8/'],
  ['https://EXAMPLE.org:443/a?b=c', 'https://example.org/a?b=c'],
  ['http://example.org/', 'INVALID_URL'],
  ['https://user:secret@example.org/', 'INVALID_URL'],
  ['https://example.org/#part', 'INVALID_URL'],
  ['/hook', 'INVALID_URL'],
  ['javascript:alert(1)', 'INVALID_URL'],
  ['https://localhost/', 'ADDRESS_NOT_ALLOWED'],
  ['https://LOCALHOST./', 'ADDRESS_NOT_ALLOWED'],
  ['https://db.localhost/', 'ADDRESS_NOT_ALLOWED'],
  ['https://127.0.0.1/', 'ADDRESS_NOT_ALLOWED'],
  ['https://2130706433/', 'ADDRESS_NOT_ALLOWED'],
  ['https://0x7f.1/', 'ADDRESS_NOT_ALLOWED'],
  ['https://169.254.169.254/latest', 'ADDRESS_NOT_ALLOWED'],
  ['https://[::1]/', 'ADDRESS_NOT_ALLOWED'],
  ['https://[::ffff:10.0.0.1]/', 'ADDRESS_NOT_ALLOWED'],
])('the address %s is %s', (text, outcome) => {
  const url = endpointUrl(text, false);
  expect(url instanceof URL ? url.href : url.code).toBe(outcome);
});

test('an address that is too long is refused', () => {
  expect(endpointUrl(`https://example.org/${'x'.repeat(2048)}`, true)).toMatchObject({ code: 'INVALID_URL' });
});

test('a secret signs for a day beside its successor, each until its own end', () => {
  const day = 86_400_000;
  const once = rotated([{ secret: 'a', until: null }], 'b', 0);
  expect(once.map(({ secret }) => secret)).toEqual(['b', 'a']);
  const twice = rotated(once, 'c', day / 2);
  expect(signing(twice, day / 2).map(({ secret }) => secret)).toEqual(['c', 'b', 'a']);
  expect(signing(twice, day + 1).map(({ secret }) => secret)).toEqual(['c', 'b']);
  expect(formerUntil(twice, day / 2)).toBe(new Date(1.5 * day).toISOString());
  expect(signing(twice, 2 * day).map(({ secret }) => secret)).toEqual(['c']);
  expect(formerUntil(twice, 2 * day)).toBeNull();
  let many = twice;
  for (const fresh of 'defghijk') many = rotated(many, fresh, day);
  expect(many).toHaveLength(5);
});

test('two principals share no more than what each has', () => {
  expect(sharedScopes(['a', 'b'], ['b', 'c'])).toEqual(['b']);
  expect(sharedScopes(['*'], ['b', 'c'])).toEqual(['b', 'c']);
  expect(sharedScopes(['a'], ['*'])).toEqual(['a']);
  expect(sharedScopes(['*'], ['*'])).toEqual(['*']);
});
