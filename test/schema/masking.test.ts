import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isMasked, masking, type Pseudonym } from '../../schema/masking.ts';

const pseudonym: Pseudonym = (coordinate, value) => `${coordinate}:${value}`.padEnd(11, '_').slice(-11);

test.each([
  ['LAST_FOUR', 'DE89370400440532013000', '****3000'],
  ['LAST_FOUR', '12345678', '****5678'],
  ['LAST_FOUR', '1234567', '****'],
  ['LAST_FOUR', '', '****'],
  ['LAST_FOUR', 'abcdefg😀', '****efg😀'],
  ['DOMAIN', 'ann@example.com', '*@example.com'],
  ['DOMAIN', '"a@b"@example.com', '*@example.com'],
  ['DOMAIN', 'no address', '*'],
  ['HASH', 'Ann', `masked-${pseudonym('T.f', 'Ann')}`],
] as const)('%s of %j is %j', (mask, text, shown) => {
  expect(masking(mask, 'T.f', pseudonym)(text)).toBe(shown);
});

test('whatever a mask makes is recognised, so that it is not written back', () => {
  const plain: Pseudonym = () => 'AbCdEf-_123';
  fc.assert(
    fc.property(
      fc.constantFrom('HASH', 'LAST_FOUR', 'DOMAIN'),
      fc.string({ unit: 'grapheme' }),
      (mask, text) => {
        expect(isMasked(masking(mask, 'T.f', plain)(text))).toBe(true);
      },
    ),
  );
});

test.each(['masked', 'masked-ball', '*star*', 'Ann', '****12345', 'a*@example.com'])(
  '%j is a value',
  (text) => {
    expect(isMasked(text)).toBe(false);
  },
);
