import { describe, expect, test } from '@jest/globals';
import { assign, type Known } from '../../identity/assign.ts';
import { effectiveKeys, type Stated } from '../../identity/effective.ts';
import { keyingWith } from '../../identity/keying.ts';
import { seal } from '../support/seal.ts';

const crm = (key: string) => ({ system: 'CRM', key }) as const;
const erp = (key: string) => ({ system: 'ERP', key }) as const;
const facts = { name: 'Name' };

function decide(batch: Parameters<typeof assign>[0], known: Partial<Known> = {}) {
  let made = 0;
  const nothing = new Map<string, string>();
  const { holders, registered, linked } = assign(
    batch,
    { ids: nothing, open: nothing, closed: nothing, ...known },
    keyingWith(seal),
    () => `new-${++made}`,
  );
  return {
    holders,
    registered: registered.map(({ id }) => id),
    linked: linked.map(({ system, key, customerId }) => `${system}:${key} ${customerId}`),
  };
}

describe('whose record it is', () => {
  test('unknown records become one new customer', () => {
    expect(decide([{ records: [crm('1'), erp('1')], facts }])).toEqual({
      holders: ['new-1'],
      registered: ['new-1'],
      linked: ['CRM:1 new-1', 'ERP:1 new-1'],
    });
  });

  test('entries of one batch that share a record are one customer', () => {
    const batch = [
      { records: [crm('1')], facts },
      { records: [crm('1'), erp('1')], facts },
    ];
    expect(decide(batch)).toMatchObject({ holders: ['new-1', 'new-1'], registered: ['new-1'] });
  });

  test('a record that has a customer keeps it, whatever id is given', () => {
    const open = new Map([['CRM:1', 'a']]);
    expect(decide([{ id: 'x', records: [crm('1'), erp('1')], facts }], { open })).toEqual({
      holders: ['a'],
      registered: [],
      linked: ['ERP:1 a'],
    });
    const ids = new Map([['x', 'x']]);
    expect(decide([{ id: 'x', records: [crm('1'), erp('1')], facts }], { open, ids })).toEqual({
      holders: ['x'],
      registered: [],
      linked: ['ERP:1 x'],
    });
  });

  test('a given id that nobody has becomes the new customer; one that was merged gives its survivor', () => {
    expect(decide([{ id: 'x', records: [crm('1')], facts }])).toMatchObject({ registered: ['x'] });
    const ids = new Map([['x', 'survivor']]);
    expect(decide([{ id: 'x', records: [crm('1')], facts }], { ids })).toMatchObject({
      linked: ['CRM:1 survivor'],
    });
  });

  test('a record that comes back belongs to whom it belonged', () => {
    const closed = new Map([['CRM:1', 'a']]);
    expect(decide([{ records: [crm('1')], facts }], { closed })).toMatchObject({ linked: ['CRM:1 a'] });
  });

  test('a record goes where it refers to, and brings an unknown one along, but revives none that is gone', () => {
    const entry = [{ records: [erp('1')], refersTo: crm('1'), facts }];
    expect(decide(entry, { open: new Map([['CRM:1', 'a']]) }).linked).toEqual(['ERP:1 a']);
    expect(decide(entry, { open: new Map([['ERP:1', 'a']]) }).linked).toEqual(['CRM:1 a']);
    expect(decide(entry).linked).toEqual(['ERP:1 new-1', 'CRM:1 new-1']);
    expect(decide(entry, { closed: new Map([['CRM:1', 'a']]) }).linked).toEqual(['ERP:1 a']);
    const apart = new Map([
      ['CRM:1', 'a'],
      ['ERP:1', 'b'],
    ]);
    expect(decide(entry, { open: apart }).linked).toEqual([]);
  });
});

describe('by what a customer is found', () => {
  const apart = { addresses: ['a0|||'], phones: ['p0'], ibans: ['i0'], segment: 's0', accountOwner: 'o0' };
  const enrolled = {
    ...{ name: 'enrolled', country: 'DE', taxIds: ['T0'], leis: [], domains: ['d0.example'] },
    ...apart,
  };
  const silent = {
    ...{ name: null, country: null, taxIds: null, leis: null, domains: null },
    ...{ addresses: null, phones: null, ibans: null, segment: null, accountOwner: null },
  };
  const record = (system: Stated['system'], stated: Partial<Stated>): Stated => ({
    system,
    ...silent,
    ...stated,
  });

  test('what no record states stays as enrolled', () => {
    expect(effectiveKeys(enrolled, [])).toEqual(enrolled);
    expect(effectiveKeys(enrolled, [record('CRM', {})])).toEqual(enrolled);
  });

  test('the most competent system gives name and country, all of them give identifiers', () => {
    const billing = record('BILLING', { name: 'billing', country: 'FR', taxIds: ['T2', 'T1'] });
    const crm = record('CRM', { name: 'crm', country: 'IT', domains: ['d1.example'], phones: ['p2', 'p1'] });
    const erp = record('ERP', { name: 'erp', country: 'AT', taxIds: ['T1'], leis: ['L1'] });
    expect(effectiveKeys(enrolled, [billing, crm, erp])).toEqual({
      name: 'crm',
      country: 'AT',
      taxIds: ['T1', 'T2'],
      leis: ['L1'],
      domains: ['d1.example'],
      ...apart,
      phones: ['p1', 'p2'],
    });
    expect(effectiveKeys(enrolled, [crm, billing])).toMatchObject({ country: 'FR' });
  });

  test('of two records of one system the longest linked counts', () => {
    const records = [record('CRM', { name: 'older' }), record('CRM', { name: 'younger' })];
    expect(effectiveKeys(enrolled, records)).toMatchObject({ name: 'older' });
  });

  test('what was stated and no longer is, is gone', () => {
    const records = [record('CRM', { name: '', country: '', taxIds: [] })];
    expect(effectiveKeys(enrolled, records)).toMatchObject({ name: '', country: null, taxIds: [] });
    expect(effectiveKeys(enrolled, [...records, record('ERP', { name: 'erp' })])).toMatchObject({
      name: 'erp',
    });
  });
});
