import { expect, test } from '@jest/globals';
import type { Address, CreditStatus } from '../../schema/generated/erp.ts';
import { mapping } from '../../subgraphs/erp/mapping.ts';
import type { BusinessPartner, PartnerAddress } from '../../subgraphs/erp/partner.ts';
import type { Lens } from '../../subgraphs/lens.ts';
import { termsTable } from '../../subgraphs/erp/terms-table.ts';
import { alfreds } from './erp-store.ts';

const partner = { ...alfreds, to_PaymentTerms: termsTable.get('D230') ?? null };

test('each attribute is read in the words of the graph', () => {
  expect(mapping.legalEntity.get(partner)).toEqual({
    registeredName: 'Alfreds Futterkiste GmbH',
    lei: '5493001KJTIIGC8Y1R12',
    country: 'DE',
    registrationNumber: 'HRB 12345',
    legalForm: 'GmbH',
  });
  expect(mapping.taxClassification.get(partner)).toBe('STANDARD');
  expect(mapping.paymentTerms.get(partner)).toEqual({
    code: 'D230',
    description: '2 % within 10 days, net 30 days',
    netDays: 30,
    discountPercent: '2',
    discountDays: 10,
  });
  expect(mapping.creditLimit.get(partner)).toEqual({ amount: '25000.00', currency: 'EUR' });
  expect(mapping.creditStatus.get(partner)).toBe('APPROVED');
  expect(mapping.billingStructure.get(partner)).toEqual({ mode: 'STANDALONE', billTo: null });
  expect(mapping.billingAddress.get(partner)).toEqual({
    lines: ['Obere Str. 57'],
    city: 'Berlin',
    region: null,
    postalCode: '12209',
    country: 'DE',
  });
});

/** What the ERP says by saying nothing. */
const unsaid: Readonly<Record<string, unknown>> = { orderBlock: 'NONE' };

test('an attribute reads null of a partner without it, but for what the ERP says by saying nothing', () => {
  for (const [name, attribute] of Object.entries(mapping)) {
    if (attribute.kind === 'lens') expect(attribute.get({})).toBe(unsaid[name] ?? null);
    else expect(attribute.rows({}, {})).toEqual([]);
  }
});

/** A partner after changes, as the ERP shows it: what its payment terms mean follows the code. */
function changed(changes: Partial<BusinessPartner>): BusinessPartner {
  const next = { ...partner, ...changes };
  return { ...next, to_PaymentTerms: termsTable.get(next.PaymentTerms ?? '') ?? null };
}

test('what is put is what is read, and null clears', () => {
  for (const [name, attribute] of Object.entries(mapping)) {
    if (attribute.kind !== 'lens') continue;
    const { get, put } = attribute as Required<Lens<BusinessPartner, unknown>>;
    const value = get(partner);
    expect(get(changed(put(null)))).toBe(unsaid[name] ?? null);
    expect(get(changed({ ...put(null), ...put(value) }))).toEqual(value);
  }
});

test('of tax ids and addresses that stay, the ERP keeps what the graph cannot say', () => {
  const { taxRegistrations: taxes, shippingAddresses: addresses } = mapping;
  const listed = taxes.rows(partner, {});
  expect(taxes.put(listed, partner)).toEqual({ to_BusinessPartnerTax: partner.to_BusinessPartnerTax });
  const [first, second, ...others] = partner.to_BusinessPartnerTax;
  expect(taxes.put([...listed.slice(1)].reverse(), partner).to_BusinessPartnerTax).toEqual(
    [second, ...others].reverse(),
  );
  const ended = listed.map((one, i) => (i === 0 ? { ...one, validTo: '2026-12-31' } : one));
  expect(taxes.put(ended, partner).to_BusinessPartnerTax?.[0]).toEqual({
    ...first,
    ValidityEndDate: '2026-12-31',
  });

  const odd = { ...emptyAddress, StreetSuffixName: 'Gate 7', CityName: 'Berlin' };
  const store = { ...partner, to_ShipToAddress: [odd] };
  const [gate] = addresses.rows(store, {});
  const new8 = { ...emptyAddress, StreetName: 'Gate 8' };
  const all = gate ? [{ ...gate, lines: ['Gate 8'], city: null }, gate] : [];
  expect(addresses.put(all, store)).toEqual({ to_ShipToAddress: [new8, odd] });
});

const emptyAddress: PartnerAddress = {
  ...{ StreetPrefixName: null, AdditionalStreetPrefixName: null, StreetName: null },
  ...{ StreetSuffixName: null, AdditionalStreetSuffixName: null },
  ...{ CityName: null, Region: null, PostalCode: null, Country: null },
};

test.each([
  ['DE', 'VAT', 'DE123456789', 'DE0'],
  ['DE', 'LOCAL', '3730230213', 'DE1'],
  ['GB', 'VAT', 'GB123456789', 'GB0'],
  ['GB', 'VAT', 'XI123456789', 'XI0'],
  ['AU', 'GST', '51824753556', 'AU0'],
  ['US', 'EIN', '123456789', 'US1'],
  ['US', 'LOCAL', '123456789', 'US2'],
] as const)(
  'a new tax id of %s %s %s is of the type %s, and reads as it was given',
  (country, kind, number, type) => {
    const registration = { country, kind, number, validFrom: null, validTo: null };
    const { to_BusinessPartnerTax: rows = [] } = mapping.taxRegistrations.put([registration], {});
    expect(rows).toEqual([
      { BPTaxType: type, BPTaxNumber: number, ValidityStartDate: null, ValidityEndDate: '9999-12-31' },
    ]);
    expect(mapping.taxRegistrations.rows({ to_BusinessPartnerTax: rows }, {})).toEqual([registration]);
  },
);

test('a kind of tax id that a country does not have is refused', () => {
  const wrong = { country: 'DE', kind: 'EIN', number: '1', validFrom: null, validTo: null } as const;
  expect(() => mapping.taxRegistrations.put([wrong], {})).toThrow('no tax id of the kind EIN in DE');
});

test('putting one attribute leaves all others as they are', () => {
  const lenses = Object.entries(mapping).filter((entry) => entry[1].kind === 'lens');
  for (const [name, attribute] of lenses) {
    const cleared = changed((attribute as Required<Lens<BusinessPartner, unknown>>).put(null));
    for (const [other, lens] of Object.entries(mapping)) {
      if (other === name) continue;
      const read = (record: object) => ('get' in lens ? lens.get(record) : lens.rows(record, {}));
      expect(read(cleared)).toEqual(read(partner));
    }
  }
});

test('every credit status is told apart, and a block keeps the rule for the day it is lifted', () => {
  const statuses: CreditStatus[] = ['APPROVED', 'WATCH', 'BLOCKED', 'NOT_CHECKED'];
  const { get, put } = mapping.creditStatus;
  for (const status of statuses) expect(get({ ...partner, ...put(status) })).toBe(status);
  expect({ ...partner, ...put('BLOCKED') }.CreditCheckRule).toBe('STANDARD');
});

test('an amount gets the digits of its currency and loses none', () => {
  const put = (amount: string, currency: string) => mapping.creditLimit.put({ amount, currency }).CreditLimit;
  expect(put('1200.5', 'EUR')).toBe('1200.50');
  expect(put('1200', 'JPY')).toBe('1200');
  expect(put('1200', 'KWD')).toBe('1200.000');
  expect(put('100000000000000.01', 'EUR')).toBe('100000000000000.01');
  expect(put('0.001', 'EUR')).toBe('0.001');
  expect(put('about 12', 'EUR')).toBe('about 12');
});

test('tax ids are found by country and day', () => {
  const numbers = (args: object) => mapping.taxRegistrations.rows(partner, args).map((one) => one.number);
  expect(numbers({})).toEqual(['DE123456789', '3730230213', '123456789', 'XI123456789', '51824753556']);
  expect(numbers({ country: 'DE' })).toEqual(['DE123456789', '3730230213']);
  expect(numbers({ country: 'GB' })).toEqual(['XI123456789']);
  expect(numbers({ country: 'US', validOn: '2022-12-31' })).toEqual(['123456789']);
  expect(numbers({ country: 'US', validOn: '2023-01-01' })).toEqual([]);
  expect(numbers({ validOn: '2014-12-31' })).toEqual(['3730230213', '51824753556']);
  expect(mapping.taxRegistrations.rows(partner, {}).map((one) => one.kind)).toEqual([
    'VAT',
    'LOCAL',
    'EIN',
    'VAT',
    'GST',
  ]);
});

test('an address of one to five lines comes back in its order, a longer one is refused', () => {
  const address = (lines: string[]): Address => ({
    lines,
    city: null,
    region: null,
    postalCode: null,
    country: null,
  });
  const { get, put } = mapping.billingAddress;
  for (const count of [0, 1, 2, 3, 4, 5]) {
    const lines = ['one', 'two', 'three', 'four', 'five'].slice(0, count);
    expect(get({ ...put(address(lines)) })?.lines).toEqual(lines);
  }
  expect(put(address(['Main Street 1'])).to_BillToAddress?.StreetName).toBe('Main Street 1');
  expect(() => put(address(['1', '2', '3', '4', '5', '6']))).toThrow(
    'An address has at most 5 lines in the ERP',
  );
});
