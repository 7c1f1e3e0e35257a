import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldDomain, foldName, foldTaxId, nameLimit } from '../../identity/facts.ts';

describe('names', () => {
  test.each([
    ['Æther-Łódź GmbH & Co. KG', 'aether lodz gmbh co kg'],
    ["O'Brien S.A.", 'obrien sa'],
    ['Antonio Moreno Taquería', 'antonio moreno taqueria'],
    ['Blåbær A/S', 'blabaer a s'],
    ['STRASSE', 'strasse'],
    ['straße', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['ﬁne  Ｗｉｄｅ', 'fine wide'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['Жук', 'жук'],
    ['한국전력', '한국전력'],
    ['  ', ''],
    ['!!!', ''],
    ['100% Pure_Wool\\', '100 pure wool'],
  ])('%j is found as %j', (name, folded) => {
    expect(foldName(name)).toBe(folded);
  });

  test('folding twice is folding once, and gives nothing that means something to LIKE or to the store', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const folded = foldName(name);
        expect(foldName(folded)).toBe(folded);
        expect(folded).not.toMatch(/[%_\\\0]/);
        expect(folded.length).toBeLessThanOrEqual(nameLimit);
        expect(folded.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('case does not matter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (name) => {
        expect(foldName(name.toUpperCase())).toBe(foldName(name.toUpperCase().toLowerCase()));
      }),
    );
  });
});

test.each([
  ['DE 123.456-789', 'DE123456789'],
  ['xi 123 4567 89', 'GB123456789'],
  ['GB123456789', 'GB123456789'],
  ['GR123456789', 'EL123456789'],
  ['XIAN1234', 'XIAN1234'],
  ['12-3456789', '123456789'],
  ['n/a', ''],
  ['000000000', ''],
  ['', ''],
])('the tax id %j is compared as %j', (taxId, folded) => {
  expect(foldTaxId(taxId)).toBe(folded);
});

test.each([
  ['Jane.Doe@Example.COM', 'example.com'],
  ['https://www.example.com:8443/about?x=a@b.c#top', 'example.com'],
  ['http://user@example.com/', 'example.com'],
  ['www.bücher.de', 'xn--bcher-kva.de'],
  ['example.com.', 'example.com'],
  ['www.de', 'www.de'],
  ['localhost', ''],
  ['not a domain', ''],
  ['', ''],
])('the domain of %j is %j', (text, domain) => {
  expect(foldDomain(text)).toBe(domain);
});
