import type { FactAddress, Facts } from '../../identity/facts.ts';
import { streetFields, type PartnerAddress } from './partner.ts';
import type { PartnerBody } from './validation.ts';

/** What a business partner says of its customer, for the register. */
export function partnerFacts(partner: PartnerBody): Facts {
  const legal = partner.to_LegalEntity;
  const { to_BillToAddress: billTo, to_ShipToAddress: shipTo } = partner;
  return {
    name: legal?.RegisteredName ?? partner.OrganizationBPName1,
    country: legal?.LegalCountry ?? billTo?.Country,
    taxIds: partner.to_BusinessPartnerTax.map((row) => row.BPTaxNumber),
    leis: legal?.LegalEntityIdentifier ? [legal.LegalEntityIdentifier] : [],
    addresses: [...(billTo ? [billTo] : []), ...shipTo].map(factAddress),
  };
}

function factAddress(address: PartnerAddress): FactAddress {
  return {
    street: streetFields.flatMap((field) => address[field] ?? []).join(' '),
    postalCode: address.PostalCode,
    city: address.CityName,
    country: address.Country,
  };
}
