import { isCurrency } from '../../schema/codes.ts';
import { accountTypes, channels, contactRoles, segments, type Account, type Contact } from './account.ts';
import { isCrmId } from './ids.ts';

/** A refusal of the CRM. */
export interface CrmFault {
  readonly errorCode: string;
  readonly message: string;
  readonly fields: readonly string[];
}

type Check = (value: unknown) => string | null;

const text =
  (most: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= most ? null : `must be text of at most ${most} characters`;
const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    words.includes(String(value)) ? null : `must be one of: ${words.join(', ')}`;

const name: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' ? text(255)(value) : 'must not be empty';
const listOf =
  (words: readonly string[]): Check =>
  (value) =>
    Array.isArray(value) && value.every((one) => oneOf(words)(one) === null)
      ? null
      : `must be a list out of: ${words.join(', ')}`;
const emailAddress: Check = (value) =>
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(String(value)) ? text(254)(value) : 'must be an e-mail address';
const countryCode: Check = (value) => (/^[A-Z]{2}$/.test(String(value)) ? null : 'must be a country code');
const flag: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false');

type Checks<R> = Readonly<Record<keyof R, Check>>;

/** What the CRM checks of an account; null is allowed in all but the name. */
const accountChecks: Checks<Omit<Account, 'CreatedDate'>> = {
  AccountNumber: text(40),
  Customer_Id__c: text(40),
  Name: name,
  Type: oneOf(accountTypes),
  Customer_Segment__c: oneOf(segments),
  Industry: text(120),
  Website: (value) => (URL.canParse(String(value)) ? text(255)(value) : 'must be a web address'),
  Phone: text(40),
  NumberOfEmployees: (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 99_999_999
      ? null
      : 'must be a whole number from 0 to 99999999',
  Language__c: (value) =>
    /^[a-z]{2,3}(_[A-Z]{2})?$/.test(String(value)) ? null : 'must be a locale such as de_AT',
  Sales_Channels__c: listOf(channels),
  Owner: (value) =>
    typeof value === 'object' && value !== null && 'Name' in value && typeof value.Name === 'string'
      ? null
      : 'must name a person',
  ParentId: text(18),
  BillingStreet: text(255),
  BillingCity: text(40),
  BillingState: text(80),
  BillingPostalCode: text(20),
  BillingCountryCode: countryCode,
  CurrencyIsoCode: (value) => (isCurrency(String(value)) ? null : 'must be a currency code'),
  Legal_Name__c: text(255),
  Tax_Id__c: text(40),
  Registration_Number__c: text(60),
  Invoice_Email__c: emailAddress,
};

const contactChecks: Checks<Omit<Contact, 'Id'>> = {
  External_Id__c: text(80),
  AccountId: (value) => (isCrmId(String(value)) ? null : 'must be the id of an account'),
  Name: name,
  Title: text(128),
  Roles__c: listOf(contactRoles),
  Email: emailAddress,
  Phone: text(40),
  MailingCountryCode: countryCode,
  HasOptedOutOfEmail: flag,
  DoNotCall: flag,
  Consent_Date__c: text(30),
};

function faults(
  checks: Readonly<Record<string, Check>>,
  mandatory: readonly string[],
  changes: object,
): CrmFault[] {
  return Object.entries(changes).flatMap(([field, value]: [string, unknown]): CrmFault[] => {
    const check = checks[field];
    if (!check) return [{ errorCode: 'INVALID_FIELD', message: `no such field: ${field}`, fields: [field] }];
    if (value === null && !mandatory.includes(field)) return [];
    const wrong = check(value);
    return wrong
      ? [{ errorCode: 'FIELD_INTEGRITY_EXCEPTION', message: `${field} ${wrong}`, fields: [field] }]
      : [];
  });
}

/** The refusals of an account or of changes to one, in the order of its fields. Pure. */
export const faultsIn = (changes: object): CrmFault[] => faults(accountChecks, ['Name'], changes);

/** The refusals of a contact or of changes to one, in the order of its fields. Pure. */
export const contactFaultsIn = (changes: object): CrmFault[] =>
  faults(contactChecks, ['Name', 'AccountId', 'Roles__c'], changes);
