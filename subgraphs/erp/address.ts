import { Failure } from '../../runtime/failure.ts';
import type { Address } from '../../schema/generated/erp.ts';
import { streetFields, type PartnerAddress } from './partner.ts';

/** An address of the ERP in the graph's words. */
export function addressOf(address: PartnerAddress): Address {
  return {
    lines: streetFields.map((field) => address[field]).filter((line) => line !== null),
    city: address.CityName,
    region: address.Region,
    postalCode: address.PostalCode,
    country: address.Country,
  };
}

/**
 * An address in the ERP's fields: the first line is the street, unless there are more than the ERP keeps from there on.
 * @throws Failure INVALID_VALUE for more lines than the ERP has at all
 */
export function addressFields({ lines, city, region, postalCode, country }: Address): PartnerAddress {
  const most = streetFields.length;
  if (lines.length > most) {
    throw new Failure(
      'INVALID_VALUE',
      `An address has at most ${most} lines in the ERP; put them into fewer.`,
      {
        system: 'erp',
        field: 'StreetName',
      },
    );
  }
  const start = Math.min(streetFields.indexOf('StreetName'), most - lines.length);
  const line = (field: (typeof streetFields)[number]) => lines[streetFields.indexOf(field) - start] ?? null;
  return {
    StreetPrefixName: line('StreetPrefixName'),
    AdditionalStreetPrefixName: line('AdditionalStreetPrefixName'),
    StreetName: line('StreetName'),
    StreetSuffixName: line('StreetSuffixName'),
    AdditionalStreetSuffixName: line('AdditionalStreetSuffixName'),
    CityName: city,
    Region: region,
    PostalCode: postalCode,
    Country: country,
  };
}
