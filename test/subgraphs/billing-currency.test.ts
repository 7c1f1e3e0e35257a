import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decimalAmount } from '../../subgraphs/billing/currency.ts';

test.each([
  [1050, 'EUR', '10.50'],
  [5, 'EUR', '0.05'],
  [-5, 'EUR', '-0.05'],
  [0, 'USD', '0.00'],
  [1050, 'JPY', '1050'],
  [1050, 'KWD', '1.050'],
  [12345, 'CLF', '1.2345'],
  [100, 'HUF', '1.00'],
  [Number.MAX_SAFE_INTEGER, 'EUR', '90071992547409.91'],
  [Number.MIN_SAFE_INTEGER, 'JPY', '-9007199254740991'],
  [12345678901234567890123n, 'USD', '123456789012345678901.23'],
] as const)('%s minor units of %s are %s', (minor, currency, amount) => {
  expect(decimalAmount(minor, currency)).toBe(amount);
});

test('no amount loses or gains a digit, in any currency', () => {
  const currencies = fc.constantFrom(...Intl.supportedValuesOf('currency'));
  fc.assert(
    fc.property(fc.maxSafeInteger(), currencies, (minor, currency) => {
      const amount = decimalAmount(minor, currency);
      expect(amount).toMatch(/^-?\d+(\.\d{2,4})?$/);
      expect(BigInt(amount.replace('.', ''))).toBe(BigInt(minor));
    }),
  );
});
