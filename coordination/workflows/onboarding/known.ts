import type { FactAddress, Facts } from '../../../identity/facts.ts';
import type { Values } from '../../write.ts';
import type { Enrichment, Subject } from '../reference/reference.ts';
import type { Memory } from './memory.ts';

/** What is known of the customer to be, from whoever said so: callers before the CRM. */
export interface Known {
  readonly name: string | null;
  readonly country: string | null;
  readonly segment: string | null;
  /** Id of the customer above it. */
  readonly parent: string | null;
  readonly lifecycleStatus: string | null;
  readonly declared: Declared;
  /** All values by attribute. */
  readonly values: Values;
}

/** What the customer told sales: `Customer.declared`. */
export type Declared = Readonly<
  Partial<
    Record<
      | 'legalName'
      | 'country'
      | 'city'
      | 'region'
      | 'postalCode'
      | 'taxId'
      | 'registrationNumber'
      | 'currency'
      | 'invoiceEmail',
      string | null
    >
  > & { readonly lines?: readonly string[] | null }
>;

/** What is known, given or read. Pure. */
export function knownOf({ given, account }: Pick<Memory, 'given' | 'account'>): Known {
  const values = { ...account, ...given };
  const declared = membersOf(values.declared) as Declared;
  return {
    name: textOf(values.name),
    country:
      textOf(values.country) ??
      textOf(membersOf(values.legalEntity).country) ??
      textOf(membersOf(values.billingAddress).country) ??
      declared.country ??
      null,
    segment: textOf(values.segment),
    parent: textOf(values.parent),
    lifecycleStatus: textOf(account?.lifecycleStatus),
    declared,
    values,
  };
}

/** What it is compared with other customers by. Pure. */
export function factsOf({ name, country, declared, values }: Known): Facts {
  const legal = membersOf(values.legalEntity);
  return {
    name: textOf(legal.registeredName) ?? declared.legalName ?? name,
    country,
    taxIds: [
      declared.taxId,
      ...listOf(values.taxRegistrations).map((one) => textOf(membersOf(one).number)),
    ].filter(isText),
    leis: [textOf(legal.lei)].filter(isText),
    domains: [
      textOf(values.website),
      declared.invoiceEmail,
      textOf(membersOf(values.invoiceDelivery).email),
    ].filter(isText),
    addresses: [declared, values.billingAddress, ...listOf(values.shippingAddresses)].flatMap(addressIn),
    phones: [textOf(values.phone)].filter(isText),
    ibans: [textOf(membersOf(values.bankAccount).iban)].filter(isText),
  };
}

function addressIn(value: unknown): readonly FactAddress[] {
  const { lines, postalCode, city, country } = membersOf(value);
  const street = listOf(lines).filter(isText).join(' ');
  const address = { street, postalCode: textOf(postalCode), city: textOf(city), country: textOf(country) };
  return street === '' && address.city === null ? [] : [address];
}

/** Whom the reference is asked about; null while too little is known. Pure. */
export function subjectOf({ name, country, segment, declared }: Known): Subject | null {
  return name === null || country === null ? null : { name: declared.legalName ?? name, country, segment };
}

/** The members of an object; none of anything else. */
export function membersOf(value: unknown): Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** Whether invoices to it have to be electronic: between businesses where the country says so, to public bodies where it can be. */
export function eInvoiced(segment: string | null, { eInvoicing }: Enrichment): boolean {
  return eInvoicing !== null && (eInvoicing.mandatory || segment === 'PUBLIC_SECTOR');
}
