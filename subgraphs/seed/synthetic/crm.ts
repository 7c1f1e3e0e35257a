import { blankAccount, crmId, type Account, type Contact } from '../../crm/index.ts';
import type { Draft } from '../../sandbox/table.ts';
import { drawsOf } from '../population/draws.ts';
import type { SyntheticCustomer } from '../population/customer.ts';
import { keysOf, type Keys } from './keys.ts';

const types = {
  prospect: 'Prospect',
  onboarding: 'Customer - Onboarding',
  active: 'Customer',
  'on hold': 'Customer - On Hold',
  suspended: 'Customer - Suspended',
  former: 'Former Customer',
} as const;

/** Our own sales force. */
const owners = (
  'Ingrid Solberg,Marco Bellini,Sarah Whitfield,Henrik Nyström,Claire Fontaine,Tobias Kern,Amira Haddad,' +
  'Pedro Valente,Joanna Mazur,Ravi Menon,Emily Carter,Kenji Mori'
)
  .split(',')
  .map((name) => {
    const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(' ', '.');
    return { Name: name, Email: `${plain}@customer-graph.example` };
  });

/** The customer as the CRM knows it. */
export function accountOf(
  seed: number,
  customer: SyntheticCustomer,
  { account }: Keys,
): Draft<Omit<Account, 'CreatedDate'>> {
  const { index, standing, country, employees } = customer;
  const draws = drawsOf(seed, kind, index);
  const channels = (['Direct', 'Partner', 'Web', 'Phone'] as const).filter(() => draws.chance(0.4));
  return {
    key: account,
    body: {
      ...blankAccount,
      AccountNumber: `S${seed}-${index + 1}`,
      Name: customer.name,
      Type: types[customer.stage],
      Customer_Segment__c: segmentOf(customer),
      Industry: customer.industry,
      Website: draws.chance(0.85) ? `https://www.${customer.domain}/` : null,
      Phone: customer.phone,
      NumberOfEmployees: draws.chance(0.9) ? employees : null,
      Language__c: `${customer.language}_${country.code}`,
      Sales_Channels__c: channels.length > 0 ? channels : ['Direct'],
      Owner: draws.pick(owners),
      ParentId: standing.parent === null ? null : keysOf(seed, standing.parent).account,
    },
  };
}

/** What is drawn for the CRM only. */
const kind = 4;

function segmentOf({ employees, publicBody, reseller }: SyntheticCustomer): Account['Customer_Segment__c'] {
  if (publicBody) return 'Public Sector';
  if (reseller) return 'Reseller';
  if (employees > 1000) return 'Enterprise';
  return employees >= 50 ? 'Mid-Market' : 'Small Business';
}

/** The customer's people as the CRM knows them. */
export function contactsOf(
  seed: number,
  { index, people, country }: SyntheticCustomer,
  { account }: Keys,
): Draft<Omit<Contact, 'Id'>>[] {
  return people.map(({ name, title, roles, email, phone, allows }, position) => ({
    key: crmId('003', `synthetic ${seed} ${index} ${position}`),
    body: {
      External_Id__c: `S${seed}-${index + 1}-${position + 1}`,
      AccountId: account,
      Name: name,
      Title: title,
      Roles__c: roles,
      Email: email,
      Phone: phone,
      MailingCountryCode: country.code,
      HasOptedOutOfEmail: allows && !allows.email,
      DoNotCall: allows && !allows.phone,
      Consent_Date__c: allows && `${allows.day}T09:00:00Z`,
    },
  }));
}
