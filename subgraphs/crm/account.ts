/** The CRM's account. Null and absent are the same to it. */
export interface Account {
  readonly AccountNumber: string | null;
  /** The id of the customer in the graph, of an account that was made through it; no two accounts share one. */
  readonly Customer_Id__c?: string | null;
  readonly Name: string;
  readonly Type: (typeof accountTypes)[number] | null;
  readonly Customer_Segment__c: (typeof segments)[number] | null;
  readonly Industry: string | null;
  readonly Website: string | null;
  readonly Phone: string | null;
  readonly NumberOfEmployees: number | null;
  /** As the CRM writes locales: `de_AT`. */
  readonly Language__c: string | null;
  readonly Sales_Channels__c: readonly (typeof channels)[number][] | null;
  readonly Owner: { readonly Name: string; readonly Email: string | null } | null;
  readonly ParentId: string | null;
  /** Lines of the billing address above the town, apart by line feeds. */
  readonly BillingStreet: string | null;
  readonly BillingCity: string | null;
  readonly BillingState: string | null;
  readonly BillingPostalCode: string | null;
  readonly BillingCountryCode: string | null;
  readonly CurrencyIsoCode: string | null;
  readonly Legal_Name__c: string | null;
  readonly Tax_Id__c: string | null;
  readonly Registration_Number__c: string | null;
  readonly Invoice_Email__c: string | null;
  /** Given by the CRM. ISO 8601 in UTC. */
  readonly CreatedDate: string;
}

/** A person at an account. */
export interface Contact {
  readonly Id: string;
  readonly External_Id__c: string | null;
  readonly AccountId: string;
  readonly Name: string;
  readonly Title: string | null;
  readonly Roles__c: readonly (typeof contactRoles)[number][];
  readonly Email: string | null;
  readonly Phone: string | null;
  readonly MailingCountryCode: string | null;
  /** Null where the person was not asked. */
  readonly HasOptedOutOfEmail: boolean | null;
  readonly DoNotCall: boolean | null;
  readonly Consent_Date__c: string | null;
}

/** What an account lists below itself: people, and the accounts whose parent it is. */
export interface AccountRows {
  readonly Contact: Contact;
  readonly Account: { readonly Id: string };
}

export const accountTypes = [
  'Prospect',
  'Customer - Onboarding',
  'Customer',
  'Customer - On Hold',
  'Customer - Suspended',
  'Former Customer',
] as const;
export const segments = ['Enterprise', 'Mid-Market', 'Small Business', 'Public Sector', 'Reseller'] as const;
export const channels = ['Direct', 'Partner', 'Web', 'Phone'] as const;
export const contactRoles = ['Decision Maker', 'Buyer', 'Accounts Payable', 'Technical', 'Other'] as const;

/** Every field of an account. */
export const accountFields = Object.keys({
  AccountNumber: true,
  Customer_Id__c: true,
  Name: true,
  Type: true,
  Customer_Segment__c: true,
  Industry: true,
  Website: true,
  Phone: true,
  NumberOfEmployees: true,
  Language__c: true,
  Sales_Channels__c: true,
  Owner: true,
  ParentId: true,
  BillingStreet: true,
  BillingCity: true,
  BillingState: true,
  BillingPostalCode: true,
  BillingCountryCode: true,
  CurrencyIsoCode: true,
  Legal_Name__c: true,
  Tax_Id__c: true,
  Registration_Number__c: true,
  Invoice_Email__c: true,
  CreatedDate: true,
} satisfies Record<keyof Account, true>) as (keyof Account)[];

/** An account as it is stored; the CRM itself keeps the day of its creation. */
export type AccountBody = Omit<Account, 'CreatedDate'> & {
  /** The account that this one was merged into, which may have been merged again since; it is not shown any more. */
  readonly MasterRecordId?: string | null;
  /** The parent that it was put below before that one was merged. */
  readonly HomeParentId__c?: string | null;
};

/** What an account is made of where its creator does not say; it is refused without a name. */
export const blankAccount: AccountBody = {
  AccountNumber: null,
  Customer_Id__c: null,
  Name: '',
  Type: 'Prospect',
  Customer_Segment__c: null,
  Industry: null,
  Website: null,
  Phone: null,
  NumberOfEmployees: null,
  Language__c: null,
  Sales_Channels__c: null,
  Owner: null,
  ParentId: null,
  BillingStreet: null,
  BillingCity: null,
  BillingState: null,
  BillingPostalCode: null,
  BillingCountryCode: null,
  CurrencyIsoCode: null,
  Legal_Name__c: null,
  Tax_Id__c: null,
  Registration_Number__c: null,
  Invoice_Email__c: null,
};

/** A contact as it is stored. */
export type ContactBody = Omit<Contact, 'Id'> & {
  /** The account that it was put at before that one was merged. */
  readonly HomeAccountId__c?: string | null;
};

/** What a contact is made of where its creator does not say; it is refused without an account and a name. */
export const blankContact: ContactBody = {
  External_Id__c: null,
  AccountId: '',
  Name: '',
  Title: null,
  Roles__c: [],
  Email: null,
  Phone: null,
  MailingCountryCode: null,
  HasOptedOutOfEmail: null,
  DoNotCall: null,
  Consent_Date__c: null,
};
