import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { completerOf } from '../../coordination/complete.ts';
import { contractOf } from '../../schema/load.ts';

const complete = completerOf(
  parse(`
    input Changes { name: String tags: [String!] address: Address addresses: [Address!] deep: Deep }
    input Address { town: String! country: String lines: [String!] }
    input Deep { address: Address }
  `),
  'Changes',
);
const address = { town: 'Bern', country: null, lines: null };

test('an absent attribute stays absent: it is unchanged', () => {
  expect(complete({})).toEqual({});
  expect(complete({ name: undefined })).toEqual({});
  expect(complete({ name: null })).toEqual({ name: null });
});

test('what a caller leaves out of an object is null, however deep', () => {
  expect(complete({ address: { town: 'Bern' } })).toEqual({ address });
  expect(complete({ addresses: [{ town: 'Bern' }], deep: { address: { town: 'Bern' } } })).toEqual({
    addresses: [address],
    deep: { address },
  });
  expect(complete({ deep: {} })).toEqual({ deep: { address: null } });
});

test('the same change gives the same value, in whichever order it is written', () => {
  const one = complete({ address: { town: 'Bern', country: null } });
  const other = complete({ address: { lines: undefined, town: 'Bern' } });
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});

test('what is there is not touched, and what the type does not have is left out', () => {
  expect(complete({ tags: ['a'], name: '', other: 1 })).toEqual({ tags: ['a'], name: '' });
});

test("the contract's own input is complete in all its objects", () => {
  const customer = completerOf(contractOf('coordination').document, 'CustomerChangesInput');
  expect(customer({ legalEntity: { registeredName: 'A' }, channels: ['WEB'] })).toEqual({
    legalEntity: { registeredName: 'A', lei: null, country: null, registrationNumber: null, legalForm: null },
    channels: ['WEB'],
  });
});
