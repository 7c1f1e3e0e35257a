import type {
  Contact as Person,
  ConsentState,
  ContactRole,
  Customer,
  CustomerContactsArgs,
  SalesChannel,
} from '../../schema/generated/crm.ts';
import { lensesOf, vocabulary, type Mapped, type Mapping } from '../lens.ts';
import type { Account, Contact } from './account.ts';
import { declaredFields, declaredFrom, declaredIn } from './declared.ts';

const { coded, field, given, link, links, listed, made } = lensesOf<Account>();

const segments = vocabulary({
  ENTERPRISE: 'Enterprise',
  MID_MARKET: 'Mid-Market',
  SMALL_BUSINESS: 'Small Business',
  PUBLIC_SECTOR: 'Public Sector',
  RESELLER: 'Reseller',
});
const statuses = vocabulary({
  PROSPECT: 'Prospect',
  ONBOARDING: 'Customer - Onboarding',
  ACTIVE: 'Customer',
  ON_HOLD: 'Customer - On Hold',
  SUSPENDED: 'Customer - Suspended',
  CLOSED: 'Former Customer',
});
const channels = vocabulary({ DIRECT: 'Direct', PARTNER: 'Partner', WEB: 'Web', PHONE: 'Phone' });
const roles = vocabulary({
  DECISION_MAKER: 'Decision Maker',
  BUYER: 'Buyer',
  ACCOUNTS_PAYABLE: 'Accounts Payable',
  TECHNICAL: 'Technical',
  OTHER: 'Other',
});

/** Attribute by attribute: where the CRM keeps it. */
export const mapping = {
  name: field('Name'),
  segment: coded('Customer_Segment__c', segments),
  industry: field('Industry'),
  website: field('Website'),
  phone: field('Phone'),
  employees: field('NumberOfEmployees'),
  language: made(
    ['Language__c'],
    ({ Language__c }) => Language__c?.replace('_', '-') ?? null,
    (tag) => ({ Language__c: tag?.replace('-', '_') ?? null }),
  ),
  lifecycleStatus: coded('Type', statuses),
  channels: made<readonly SalesChannel[]>(
    ['Sales_Channels__c'],
    (account) => account.Sales_Channels__c?.map(channels.meaning).filter((known) => known !== null) ?? null,
    (values) => ({ Sales_Channels__c: values?.map(channels.word) ?? null }),
  ),
  accountOwner: made(
    ['Owner'],
    ({ Owner }) => (Owner ? { name: Owner.Name, email: Owner.Email } : null),
    (owner) => ({ Owner: owner ? { Name: owner.name, Email: owner.email ?? null } : null }),
  ),
  parent: link('ParentId'),
  children: links('Account', ({ Id }: Pick<Contact, 'Id'>) => ({ localKey: Id })),
  contacts: listed('Contact', contactOf, ({ role }: Partial<CustomerContactsArgs>) =>
    role ? { Roles__c: [roles.word(role)] } : {},
  ),
  declared: made(declaredFields, declaredIn, declaredFrom),
  createdAt: given(field('CreatedDate')),
} satisfies Mapping<Customer, Account, 'ultimateParent' | 'group'>;

function contactOf(contact: Contact): Mapped<Person, Customer> {
  return {
    id: contact.Id,
    name: contact.Name,
    title: contact.Title,
    roles: contact.Roles__c.map((role): ContactRole => roles.meaning(role) ?? 'OTHER'),
    email: contact.Email,
    phone: contact.Phone,
    country: contact.MailingCountryCode,
    consent: {
      email: consentOf(contact.HasOptedOutOfEmail),
      phone: consentOf(contact.DoNotCall),
      updatedAt: contact.Consent_Date__c,
    },
  };
}

function consentOf(refused: boolean | null): ConsentState {
  if (refused === null) return 'UNKNOWN';
  return refused ? 'DENIED' : 'GRANTED';
}
