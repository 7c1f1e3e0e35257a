import { digitsOf } from '../../../schema/codes.ts';
import { endOfTime, type PartnerAddress, type PartnerBody } from '../../erp/index.ts';
import type { Draft } from '../../sandbox/table.ts';
import { drawsOf } from '../population/draws.ts';
import type { Place, SyntheticCustomer } from '../population/customer.ts';
import { taxClassificationOf } from '../tax-rule.ts';
import { termsCode } from '../terms.ts';
import { keysOf, type Keys } from './keys.ts';

/** What is drawn for the ERP only. */
const kind = 5;

/** The customer as the ERP knows it. */
export function partnerOf(
  seed: number,
  customer: SyntheticCustomer,
  { account, partner }: Keys,
): Draft<PartnerBody> {
  const { index, standing, country, register, employees, places } = customer;
  const draws = drawsOf(seed, kind, index);
  const limit = draws.pick([5, 10, 20, 25, 50, 100]) * 1000 * (employees > 1000 ? 20 : 1);
  const checked = customer.stage !== 'onboarding';
  return {
    key: partner,
    body: {
      ExternalReference: account,
      OrganizationBPName1: customer.name,
      to_LegalEntity: {
        RegisteredName: customer.registeredName,
        LegalEntityIdentifier: customer.lei,
        LegalCountry: country.code,
        RegistrationNumber: register.registration,
        LegalForm: customer.legalForm,
      },
      to_BusinessPartnerTax: [
        {
          BPTaxType: `${country.code}${register.taxType}`,
          BPTaxNumber: register.taxId,
          ValidityStartDate: customer.since,
          ValidityEndDate: endOfTime,
        },
      ],
      CustomerTaxClassification: customer.publicBody ? '0' : taxClassificationOf(country.code),
      PaymentTerms: termsCode(customer.netDays),
      CreditLimit: checked ? limit.toFixed(digitsOf(country.currency)) : null,
      CreditLimitCurrency: checked ? country.currency : null,
      CreditAccountIsBlocked: customer.stage === 'suspended',
      CreditCheckRule: checked
        ? draws.weighted([
            ['STANDARD', 9],
            ['STRICT', 1],
          ] as const)
        : 'NONE',
      BillingStructure: standing.billedToHead ? 'OTHER' : standing.pays ? 'COLLECTIVE' : 'OWN',
      BillToParty: standing.billedToHead ? keysOf(seed, standing.head).partner : null,
      to_BillToAddress: addressOf(places[0]),
      to_ShipToAddress: places.map(addressOf),
      IsMarkedForArchiving: customer.stage === 'former' && draws.chance(0.5),
    },
  };
}

function addressOf({ lines, city, region, postalCode, country }: Place): PartnerAddress {
  return {
    StreetPrefixName: null,
    AdditionalStreetPrefixName: null,
    StreetName: lines[0] ?? null,
    StreetSuffixName: lines[1] ?? null,
    AdditionalStreetSuffixName: lines[2] ?? null,
    CityName: city,
    Region: region,
    PostalCode: postalCode,
    Country: country,
  };
}
