import { expect, test } from '@jest/globals';
import { foldAddress, foldPhone, keyingWith } from '../../identity/keying.ts';
import { seal } from '../support/seal.ts';

const keying = keyingWith(seal);

test('what says nothing gives no key', () => {
  const none = {
    ...{ name: '', country: null, taxIds: [], leis: [], domains: [] },
    ...{ addresses: [], phones: [], ibans: [], segment: null, accountOwner: null },
  };
  expect(keying({})).toEqual(none);
  expect(
    keying({
      ...{ name: null, country: '', taxIds: ['?'], leis: ['short'], domains: null },
      ...{ addresses: [{ street: ' ', country: 'DE' }], phones: ['n/a'], ibans: ['DE00'] },
    }),
  ).toEqual(none);
});

test('keys have no repeats and are sorted', () => {
  const lei = '5493001KJTIIGC8Y1R12';
  expect(
    keying({ country: 'de', taxIds: ['FR 2345', 'DE-1234', 'de1234'], leis: [lei.toLowerCase(), lei] }),
  ).toMatchObject({ country: 'DE', taxIds: ['DE1234', 'FR2345'], leis: [lei] });
});

test('of telephone numbers and bank accounts only their seals are kept', () => {
  expect(
    keying({ phones: ['+49 30 901820'], ibans: ['de89 3704 0044 0532 0130 00', 'DE89370400440532013000'] }),
  ).toMatchObject({ phones: ['phone:30901820'], ibans: ['iban:DE89370400440532013000'] });
});

test.each([
  ['+49 (0)30 901820', '30901820'],
  ['0049-30-901820', '30901820'],
  ['030 / 90 18 20', '30901820'],
  ['(171) 555-7788', '15557788'],
  ['5551212', '5551212'],
  ['030 901820 ext. 12', '30901820'],
  ['030 901820 x12', '30901820'],
  ['12345', ''],
  ['000000000', ''],
  ['', ''],
])('the telephone number %j is compared as %j', (phone, folded) => {
  expect(foldPhone(phone)).toBe(folded);
});

test.each([
  [
    { street: 'Obere Str. 57', postalCode: 'D-12209', city: 'Köln', country: 'de' },
    'obere str 57|d12209|koln|de',
  ],
  [{ city: 'Århus|x' }, '||arhus x|'],
  [{ country: 'DE' }, ''],
])('the address %j is compared as %j', (address, folded) => {
  expect(foldAddress(address)).toBe(folded);
});
