import type { DeclaredDetails } from '../../schema/generated/crm.ts';
import type { Account } from './account.ts';

/** The fields in which the CRM keeps what a customer has told sales about its legal side. */
export const declaredFields = [
  'Legal_Name__c',
  'BillingCountryCode',
  'BillingStreet',
  'BillingCity',
  'BillingState',
  'BillingPostalCode',
  'Tax_Id__c',
  'Registration_Number__c',
  'CurrencyIsoCode',
  'Invoice_Email__c',
] as const satisfies readonly (keyof Account)[];

type Kept = Pick<Account, (typeof declaredFields)[number]>;

/** Null where the account says nothing of it. */
export function declaredIn(account: Partial<Kept>): DeclaredDetails | null {
  if (declaredFields.every((name) => account[name] == null)) return null;
  return {
    legalName: account.Legal_Name__c ?? null,
    country: account.BillingCountryCode ?? null,
    lines: account.BillingStreet?.split('\n') ?? null,
    city: account.BillingCity ?? null,
    region: account.BillingState ?? null,
    postalCode: account.BillingPostalCode ?? null,
    taxId: account.Tax_Id__c ?? null,
    registrationNumber: account.Registration_Number__c ?? null,
    currency: account.CurrencyIsoCode ?? null,
    invoiceEmail: account.Invoice_Email__c ?? null,
  };
}

export function declaredFrom(declared: DeclaredDetails | null): Kept {
  return {
    Legal_Name__c: declared?.legalName ?? null,
    BillingCountryCode: declared?.country ?? null,
    BillingStreet: declared?.lines?.join('\n') ?? null,
    BillingCity: declared?.city ?? null,
    BillingState: declared?.region ?? null,
    BillingPostalCode: declared?.postalCode ?? null,
    Tax_Id__c: declared?.taxId ?? null,
    Registration_Number__c: declared?.registrationNumber ?? null,
    CurrencyIsoCode: declared?.currency ?? null,
    Invoice_Email__c: declared?.invoiceEmail ?? null,
  };
}
