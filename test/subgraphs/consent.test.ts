import { expect, test } from '@jest/globals';
import { consentResolvers } from '../../subgraphs/crm/consent.ts';

const person = (email: 'GRANTED' | 'DENIED' | 'UNKNOWN', phone: typeof email) => ({
  ...{ email: 'ada@example.com', phone: '+49405550142', consent: { email, phone } },
});
const seenBy = (scopes: readonly string[], of: ReturnType<typeof person>) => {
  const context = { principal: { subject: 'ann', scopes: new Set(scopes) } };
  const { email, phone } = consentResolvers.Contact;
  return [email(of, null, context), phone(of, null, context)];
};

test('the address on a channel that was refused is shown to nobody but those who may see it', () => {
  const [email, phone] = ['ada@example.com', '+49405550142'];
  expect(seenBy(['customer:read:personal'], person('GRANTED', 'UNKNOWN'))).toEqual([email, phone]);
  expect(seenBy(['customer:read:personal'], person('DENIED', 'GRANTED'))).toEqual([null, phone]);
  expect(seenBy(['customer:read:personal'], person('UNKNOWN', 'DENIED'))).toEqual([email, null]);
  expect(seenBy(['customer:read:consent-withheld'], person('DENIED', 'DENIED'))).toEqual([email, phone]);
  expect(seenBy(['*'], person('DENIED', 'DENIED'))).toEqual([email, phone]);
});
