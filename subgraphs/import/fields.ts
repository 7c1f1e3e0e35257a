/** What a column can be, and headers by which it is recognised: lower case, letters and digits only. */
const synonyms = {
  AccountNumber:
    'accountnumber accountid customerid customernumber customerno customernr externalid externalkey recordid companyid accountno accountext kundennummer kundennr debitor numeroclient idcliente',
  Name: 'name accountname companyname company customername customer organization organisation organizationname organisationname firma firmenname unternehmen kunde societe raisonsociale empresa azienda',
  Phone:
    'phone phonenumber telephone companyphone mainphone accountphone tel telefon telefonnummer telephonenumber',
  Website: 'website websiteurl web url homepage companydomainname domain internet webseite',
  Industry: 'industry sector industrysector lineofbusiness branche secteur',
  Employees:
    'numberofemployees employees employeecount headcount noofemployees staff mitarbeiter mitarbeiterzahl anzahlmitarbeiter',
  Type: 'type accounttype customertype lifecyclestage lifecyclestatus status accountstatus',
  Segment: 'segment customersegment tier',
  Language: 'language locale preferredlanguage sprache langue',
  Country:
    'country countryregion billingcountry billingcountrycode countrycode mailingcountry land pays pais paese',
  OwnerName: 'accountowner owner ownername companyowner accountownername responsible betreuer',
  OwnerEmail: 'accountowneremail owneremail',
  ParentNumber: 'parentaccountid parentaccountnumber parentnumber parentid parentcompanyid parentcustomerid',
  ContactName:
    'contactname contact contactperson primarycontact fullname contactfullname ansprechpartner kontakt',
  ContactFirstName: 'contactfirstname firstname givenname vorname prenom',
  ContactLastName: 'contactlastname lastname familyname surname nachname nom',
  ContactTitle: 'contacttitle title jobtitle position funktion',
  ContactEmail: 'contactemail email emailaddress workemail mail primaryemail',
  ContactPhone: 'contactphone directphone mobile mobilephone mobilephonenumber contactphonenumber',
} as const;

export type Field = keyof typeof synonyms;

const fields = new Map<string, Field>();
for (const [name, words] of Object.entries(synonyms) as [Field, string][]) {
  fields.set(folded(name), name);
  for (const word of words.split(' ')) fields.set(word, name);
}

/** The names that a mapping can use. */
export const fieldNames = Object.keys(synonyms);

/** The field that a header means on its own; null where it is not recognised. */
export function fieldCalled(header: string): Field | null {
  return fields.get(folded(header)) ?? null;
}

/** The field with this very name, whatever the case; null where there is none. */
export function fieldNamed(name: string): Field | null {
  const found = fields.get(folded(name));
  return found !== undefined && folded(found) === folded(name) ? found : null;
}

function folded(header: string): string {
  return header
    .normalize('NFKD')
    .toLowerCase()
    .replace(/__c$/, '')
    .replace(/[^a-z0-9]/g, '');
}
