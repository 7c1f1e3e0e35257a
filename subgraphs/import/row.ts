import { contactFaultsIn, faultsIn, type AccountBody, type ContactBody } from '../crm/index.ts';
import { countryCode } from '../seed/country.ts';
import type { Columns } from './columns.ts';
import type { Field } from './fields.ts';

/** A row in the CRM's words: only what the row says. */
export interface AccountRow {
  readonly line: number;
  readonly number: string;
  readonly account: Partial<AccountBody>;
  readonly contact: (Partial<ContactBody> & Pick<ContactBody, 'Name'>) | null;
  /** Number of the account above. */
  readonly parent: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

export type ReadRow = AccountRow | { readonly line: number; readonly faults: readonly string[] };

/** Fields of the CRM, and the columns that they come from. */
const sources: Readonly<Record<string, Field>> = {
  AccountNumber: 'AccountNumber',
  Name: 'Name',
  Type: 'Type',
  Customer_Segment__c: 'Segment',
  Industry: 'Industry',
  Website: 'Website',
  Phone: 'Phone',
  NumberOfEmployees: 'Employees',
  Language__c: 'Language',
  Owner: 'OwnerName',
};
const contactSources: Readonly<Record<string, Field>> = {
  Name: 'ContactName',
  Title: 'ContactTitle',
  Email: 'ContactEmail',
  Phone: 'ContactPhone',
  MailingCountryCode: 'Country',
};

/** What a row says, or why it is refused. What the CRM itself would refuse is refused in its words. Pure. */
export function readRow(cells: readonly string[], line: number, columns: Columns): ReadRow {
  const { headers, positions } = columns;
  const cell = (field: Field): string | null => {
    const at = positions.get(field);
    const text = at === undefined ? '' : (cells[at] ?? '').replace(/\s+/g, ' ').trim();
    return text === '' ? null : text;
  };
  const headerOf = (field: Field) => headers[positions.get(field) ?? -1] ?? field;

  if (cells.length > headers.length) {
    const sentence = `it has ${cells.length} cells where the header has ${headers.length}; quote cells that hold the separator`;
    return { line, faults: [sentence] };
  }
  if (cells.some((text) => text.includes('\0'))) return { line, faults: ['it holds a NUL character'] };

  const faults: string[] = [];
  const number = cell('AccountNumber');
  if (number === null)
    faults.push(`${headerOf('AccountNumber')} is empty: every row needs the number of its account`);
  const country = cell('Country');
  const code = country === null ? null : countryCode(country);
  if (country !== null && code === null) {
    faults.push(`${headerOf('Country')}: "${country}" is not known; write the ISO code or the English name`);
  }

  const account = said<AccountBody>({
    AccountNumber: number,
    Name: cell('Name'),
    Type: typeOf(cell('Type')),
    Customer_Segment__c: segmentOf(cell('Segment')),
    Industry: cell('Industry'),
    Website: webAddress(cell('Website')),
    Phone: cell('Phone'),
    NumberOfEmployees: wholeNumber(cell('Employees')),
    Language__c: cell('Language')?.replace('-', '_') ?? null,
    Owner: ownerOf(cell('OwnerName'), cell('OwnerEmail')),
  });
  for (const { message, fields } of faultsIn(account)) {
    faults.push(told(message, headerOf(sources[fields[0] ?? ''] ?? 'Name')));
  }

  const name =
    cell('ContactName') ?? joined(cell('ContactFirstName'), cell('ContactLastName')) ?? cell('ContactEmail');
  const contact = name === null ? null : contactOf(name, cell, code);
  for (const { message, fields } of contact ? contactFaultsIn(contact) : []) {
    faults.push(told(message, headerOf(contactSources[fields[0] ?? ''] ?? 'ContactName')));
  }
  if (faults.length > 0 || number === null) return { line, faults };
  return { line, number, account, contact, parent: cell('ParentNumber'), country: code };
}

/** The CRM's message under the header of the file. */
function told(message: string, header: string): string {
  return message.startsWith(`${header} `) ? message : `${header}: ${message}`;
}

/** Only what is not null: an empty cell says nothing. The CRM's validation decides whether the rest is of its types. */
function said<Body>(values: Readonly<Record<keyof Body & string, unknown>> | object): Partial<Body> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Partial<Body>;
}

function contactOf(
  name: string,
  cell: (field: Field) => string | null,
  country: string | null,
): AccountRow['contact'] {
  return {
    Name: name,
    ...said<ContactBody>({
      Title: cell('ContactTitle'),
      Email: cell('ContactEmail'),
      Phone: cell('ContactPhone'),
      MailingCountryCode: country,
    }),
  };
}

function joined(first: string | null, last: string | null): string | null {
  return [first, last].filter((part) => part !== null).join(' ') || null;
}

function ownerOf(name: string | null, email: string | null) {
  return name === null ? null : { Name: name, Email: email };
}

/** `www.example.com` is meant as a web address. */
function webAddress(text: string | null): string | null {
  return text === null || /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
}

/** `1,250` and `1.250` are one thousand two hundred and fifty; what is no number stays as it is, to be refused. */
function wholeNumber(text: string | null): number | string | null {
  if (text === null) return null;
  const digits = /^\d{1,3}(?:[.,'’ ]\d{3})+$/.test(text)
    ? text.replace(/\D/g, '')
    : text.replace(/[.,]0+$/, '');
  return /^\d+$/.test(digits) ? Number(digits) : text;
}

/** Words of other CRMs for the types that this one has. */
const types: Readonly<Record<string, string>> = {
  lead: 'Prospect',
  subscriber: 'Prospect',
  opportunity: 'Prospect',
  marketingqualifiedlead: 'Prospect',
  salesqualifiedlead: 'Prospect',
  active: 'Customer',
  'customer - direct': 'Customer',
  'customer - channel': 'Customer',
  evangelist: 'Customer',
  inactive: 'Former Customer',
  former: 'Former Customer',
  'on hold': 'Customer - On Hold',
  suspended: 'Customer - Suspended',
  onboarding: 'Customer - Onboarding',
  prospect: 'Prospect',
  customer: 'Customer',
  'former customer': 'Former Customer',
};
const segments: Readonly<Record<string, string>> = {
  enterprise: 'Enterprise',
  'mid-market': 'Mid-Market',
  'mid market': 'Mid-Market',
  'small business': 'Small Business',
  smb: 'Small Business',
  'public sector': 'Public Sector',
  reseller: 'Reseller',
};

const typeOf = (text: string | null) => (text === null ? null : (types[text.toLowerCase()] ?? text));
const segmentOf = (text: string | null) => (text === null ? null : (segments[text.toLowerCase()] ?? text));
