import { expect, test } from '@jest/globals';
import { totalsOf } from '../../subgraphs/totals.ts';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

test.each([
  ['nothing', [], []],
  ['one amount as it is', [eur('0.10')], [eur('0.10')]],
  ['what floats would get wrong', [eur('0.10'), eur('0.20')], [eur('0.30')]],
  ['credits and debts', [eur('5.00'), eur('-7.50')], [eur('-2.50')]],
  ['less than one', [eur('-0.05'), eur('0.01')], [eur('-0.04')]],
  ['other digits after the point', [eur('1'), eur('0.125')], [eur('1.125')]],
  ['more than a float holds', [eur('9007199254740993.01'), eur('0.01')], [eur('9007199254740993.02')]],
  [
    'each currency for itself, in the order of their codes',
    [{ amount: '7', currency: 'JPY' }, eur('1.00'), { amount: '5', currency: 'JPY' }],
    [eur('1.00'), { amount: '12', currency: 'JPY' }],
  ],
])('the total of %s', (_, amounts, totals) => {
  expect(totalsOf(amounts)).toEqual(totals);
});
