import { expect, test } from '@jest/globals';
import { allowMatch } from '../../identity/clearance.ts';
import type { MatchInput } from '../../schema/generated/identity.ts';

const holder = (scopes: readonly string[]) => ({ subject: 'anna', scopes: new Set(scopes) });

test.each<[keyof MatchInput, MatchInput, readonly string[]]>([
  ['name', { name: 'Alfreds' }, ['customer:read']],
  ['country', { country: 'DE' }, ['customer:read']],
  ['leis', { leis: ['5493001KJTIIGC8Y1R12'] }, ['customer:read']],
  ['addresses', { addresses: [{ city: 'Berlin' }] }, ['customer:read']],
  ['domains', { domains: ['alfreds.example'] }, ['customer:read', 'customer:read:contacts']],
  ['phones', { phones: ['030 0074321'] }, ['customer:read:contacts', 'customer:read:personal']],
  ['taxIds', { taxIds: ['DE1234'] }, ['customer:read:finance']],
  ['ibans', { ibans: ['DE89370400440532013000'] }, ['customer:read:billing', 'customer:read:bank']],
])('nobody finds out by a description what "%s" looks at without reading it', (field, input, scopes) => {
  expect(() => {
    allowMatch(input, holder(scopes));
  }).not.toThrow();
  for (const missing of scopes) {
    const less = ['customer:read:identity', ...scopes.filter((scope) => scope !== missing)];
    expect(() => {
      allowMatch(input, holder(less));
    }).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', message: expect.stringContaining(`"input.${field}"`) }),
    );
  }
});
