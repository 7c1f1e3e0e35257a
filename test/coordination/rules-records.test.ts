import { expect, test } from '@jest/globals';
import type { Account } from '../../subgraphs/crm/index.ts';
import { addressOf } from '../../subgraphs/erp/address.ts';
import type { PartnerBody } from '../../subgraphs/erp/index.ts';
import { registrationOf } from '../../subgraphs/erp/tax.ts';
import { recordsOf } from '../../subgraphs/seed/northwind/records.ts';
import { readNorthwind } from '../../subgraphs/seed/northwind/rows.ts';
import { customerAt } from '../../subgraphs/seed/population/customer.ts';
import { drawsOf } from '../../subgraphs/seed/population/draws.ts';
import { registerCountries, registered } from '../../subgraphs/seed/population/tax-ids.ts';
import { accountOf } from '../../subgraphs/seed/synthetic/crm.ts';
import { partnerOf } from '../../subgraphs/seed/synthetic/erp.ts';
import { keysOf } from '../../subgraphs/seed/synthetic/keys.ts';
import { refusals } from './rules-support.ts';

interface Records {
  readonly account: Pick<Account, 'Name' | 'Phone' | 'Website' | 'Language__c'>;
  readonly partner: PartnerBody;
}

/** What a caller who has read a customer gives back. */
const valuesOf = ({
  account,
  partner,
}: Records): readonly (readonly [attribute: string, value: unknown])[] => [
  ['text', account.Name],
  ['phone', account.Phone],
  ['web', account.Website],
  ['language', account.Language__c?.replace('_', '-')],
  ['lei', partner.to_LegalEntity?.LegalEntityIdentifier],
  ['country', partner.to_LegalEntity?.LegalCountry],
  ['address', partner.to_BillToAddress && addressOf(partner.to_BillToAddress)],
  ['addresses', partner.to_ShipToAddress.map(addressOf)],
  ['taxes', partner.to_BusinessPartnerTax.map(registrationOf)],
];

const refusedOf = (records: Records) =>
  valuesOf(records).flatMap(([attribute, value]) =>
    refusals(attribute, value).map((refusal) => ({ ...refusal, value })),
  );

/** Codes of the sample that the posts of Canada and Spain do not have: it was made up. */
const invented = ['T2F 8M4', 'V3F 2K1', '8022'];

test('what the customers of the sample have may be written back', async () => {
  const records = recordsOf(await readNorthwind());
  expect(records).toHaveLength(91);
  const refused = records.flatMap(({ account, partner }) =>
    refusedOf({ account: account.body, partner: partner.body }),
  );
  expect(new Set(refused.map(({ path }) => path.at(-1)))).toEqual(new Set(['postalCode']));
  for (const { value } of refused)
    expect(invented.some((code) => JSON.stringify(value).includes(code))).toBe(true);
});

test('what a population of customers has may be written back', () => {
  for (let index = 0; index < 500; index += 1) {
    const [customer, keys] = [customerAt(7, index), keysOf(7, index)];
    const records = {
      account: accountOf(7, customer, keys).body,
      partner: partnerOf(7, customer, keys).body,
    };
    const refused = refusedOf(records);
    // Drawn out of all letters, some of which these posts do not use.
    const drawn = ['CA', 'IE'].includes(customer.country.code)
      ? refused.filter(({ path }) => path.at(-1) !== 'postalCode')
      : refused;
    expect(drawn).toEqual([]);
  }
});

test.each(registerCountries)('every tax id that the register of %s issues is one', (country) => {
  for (let index = 0; index < 100; index += 1) {
    const { taxId, taxType } = registered(country, drawsOf(7, 99, index));
    const tax = registrationOf({
      BPTaxType: `${country}${taxType}`,
      BPTaxNumber: taxId,
      ValidityStartDate: null,
      ValidityEndDate: '9999-12-31',
    });
    expect([taxId, refusals('tax', tax)]).toEqual([taxId, []]);
  }
});
