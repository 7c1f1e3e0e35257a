import type { Facts } from '../../identity/facts.ts';
import type { PartnerBody } from './validation.ts';

/** What a business partner says of its customer, for the register. */
export function partnerFacts(partner: PartnerBody): Facts {
  const legal = partner.to_LegalEntity;
  return {
    name: legal?.RegisteredName ?? partner.OrganizationBPName1,
    country: legal?.LegalCountry ?? partner.to_BillToAddress?.Country,
    taxIds: partner.to_BusinessPartnerTax.map((row) => row.BPTaxNumber),
    leis: legal?.LegalEntityIdentifier ? [legal.LegalEntityIdentifier] : [],
  };
}
