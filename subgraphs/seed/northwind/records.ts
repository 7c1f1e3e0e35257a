import { billingId, type BillingCustomer, type BillingInvoice } from '../../billing/index.ts';
import { blankAccount, crmId, type Account, type Contact } from '../../crm/index.ts';
import { partnerNumber, type PartnerAddress, type PartnerBody } from '../../erp/index.ts';
import type { Draft } from '../../sandbox/table.ts';
import { countryCode, localeOf } from '../country.ts';
import { roleOf } from '../role.ts';
import { highestSeed, mostCustomers } from '../synthetic/keys.ts';
import { taxClassificationOf } from '../tax-rule.ts';
import { billedTerms, termsCode } from '../terms.ts';
import type { CustomerRow, Northwind, Order, ShipTo } from './rows.ts';
import * as rules from './rules.ts';

/** What the three systems make of one customer of the sample. */
export interface NorthwindRecords {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly account: Draft<Omit<Account, 'CreatedDate'>>;
  readonly contact: Draft<Omit<Contact, 'Id'>>;
  readonly partner: Draft<PartnerBody>;
  readonly payer: Draft<Omit<BillingCustomer, 'balance'>>;
  readonly invoices: readonly Draft<Omit<BillingInvoice, 'id'>>[];
}

type Place = Omit<ShipTo, 'name'>;

/** Numbers of the sample's partners begin above those of all seeds. */
const firstNumber = (highestSeed + 1) * mostCustomers + 1;

/** The records of all customers of the sample, in its order. Pure: the same files give the same records. */
export function recordsOf({ customers, orders }: Northwind): NorthwindRecords[] {
  const present = rules.presentOf(orders);
  const byCustomer = Map.groupBy(orders, ({ customer }) => customer);
  return customers.map((row, position) => {
    const own = byCustomer.get(row.id) ?? [];
    const netDays = rules.netDaysOf(own);
    const invoices = own.map((order) => rules.invoiceOf(order, netDays, present));
    const account = accountOf(row, own);
    const payer = billingId('cus', `northwind ${row.id}`);
    return {
      country: countryCode(row.country),
      account,
      contact: contactOf(row, account.key),
      partner: {
        key: partnerNumber(firstNumber + position),
        body: partnerOf(row, account.key, own, netDays, invoices),
      },
      payer: { key: payer, body: payerOf(row, account.key, own, netDays, present) },
      invoices: invoices.map((invoice) => invoiceDraft(invoice, payer)),
    };
  });
}

function accountOf(row: CustomerRow, orders: readonly Order[]): NorthwindRecords['account'] {
  const country = countryCode(row.country);
  return {
    key: crmId('001', `northwind ${row.id}`),
    body: {
      ...blankAccount,
      AccountNumber: row.id,
      Name: row.company,
      Type: orders.length > 0 ? 'Customer' : 'Prospect',
      // The sample says nothing of the rest, and it is not made up for companies that somebody may know.
      Phone: row.phone || null,
      Language__c: country === null ? null : localeOf(country),
    },
  };
}

function contactOf(row: CustomerRow, account: string): NorthwindRecords['contact'] {
  return {
    key: crmId('003', `northwind ${row.id}`),
    body: {
      External_Id__c: `${row.id}-1`,
      AccountId: account,
      Name: row.contact,
      Title: row.title || null,
      Roles__c: [roleOf(row.title)],
      Email: null,
      Phone: row.phone || null,
      MailingCountryCode: countryCode(row.country),
      HasOptedOutOfEmail: null,
      DoNotCall: null,
      Consent_Date__c: null,
    },
  };
}

function partnerOf(
  row: CustomerRow,
  account: string,
  orders: readonly Order[],
  netDays: number,
  invoices: readonly rules.DerivedInvoice[],
): PartnerBody {
  const country = countryCode(row.country);
  const limit = rules.creditLimitOf(invoices);
  return {
    ExternalReference: account,
    OrganizationBPName1: row.company,
    to_LegalEntity: {
      RegisteredName: row.company,
      LegalEntityIdentifier: null,
      LegalCountry: country,
      RegistrationNumber: null,
      LegalForm: rules.legalFormIn(row.company),
    },
    to_BusinessPartnerTax: [],
    CustomerTaxClassification: country === null ? null : taxClassificationOf(country),
    PaymentTerms: termsCode(netDays),
    CreditLimit: limit === null ? null : limit.toFixed(2),
    CreditLimitCurrency: limit === null ? null : 'USD',
    CreditAccountIsBlocked: false,
    CreditCheckRule: rules.creditCheckOf(invoices),
    BillingStructure: 'OWN',
    BillToParty: null,
    to_BillToAddress: addressOf(row),
    to_ShipToAddress: distinct(orders.map(({ shipTo }) => shipTo)).map(addressOf),
    IsMarkedForArchiving: false,
  };
}

function addressOf({ address, city, region, postalCode, country }: Place): PartnerAddress {
  return {
    StreetPrefixName: null,
    AdditionalStreetPrefixName: null,
    StreetName: address || null,
    StreetSuffixName: null,
    AdditionalStreetSuffixName: null,
    CityName: city || null,
    Region: region || null,
    PostalCode: postalCode || null,
    Country: countryCode(country),
  };
}

/** Places that differ in more than the name over the door: companies were renamed while the orders went on. */
function distinct(places: readonly ShipTo[]): Place[] {
  const bare = places.map(({ address, city, region, postalCode, country }): Place => {
    return { address, city, region, postalCode, country };
  });
  return [...new Map(bare.map((place) => [JSON.stringify(place), place])).values()];
}

function payerOf(
  row: CustomerRow,
  account: string,
  orders: readonly Order[],
  netDays: number,
  present: string,
): Omit<BillingCustomer, 'balance'> {
  const country = countryCode(row.country);
  return {
    metadata: { account },
    name: row.company,
    currency: 'usd',
    invoice_settings: { delivery: 'post', email: null },
    delinquency: 'current',
    default_payment_method: null,
    bank_account: null,
    provisioning_id: null,
    business: {
      legal_name: row.company,
      lei: null,
      country,
      registration_number: null,
      legal_form: rules.legalFormIn(row.company),
    },
    address: {
      lines: row.address ? [row.address] : [],
      city: row.city || null,
      state: row.region || null,
      postal_code: row.postalCode || null,
      country,
    },
    terms: billedTerms(netDays),
    created: secondsOf(orders[0]?.ordered ?? present),
  };
}

function invoiceDraft(
  { order, issued, due, paid, total }: rules.DerivedInvoice,
  payer: string,
): NorthwindRecords['invoices'][number] {
  return {
    key: billingId('in', `northwind ${order}`),
    body: {
      customer: payer,
      number: `NW-${order}`,
      status: paid === null ? 'open' : 'paid',
      currency: 'usd',
      created: secondsOf(issued),
      due_date: secondsOf(due),
      paid_at: paid === null ? null : secondsOf(paid),
      total,
      amount_due: paid === null ? total : 0,
    },
  };
}

const secondsOf = (day: string): number => Date.parse(day) / 1000;
