import { attributes } from '../../../schema/generated/contracts.ts';
import type { Attribute } from '../../../schema/governance.ts';
import { checkValues } from '../../rules/index.ts';
import type { Values } from '../../write.ts';
import type { Field } from '../question.ts';
import type { Enrichment } from '../reference/reference.ts';
import { membersOf, textOf, type Known } from './known.ts';
import { wanted } from './records.ts';

/** A value that has to be there. */
interface Rule {
  readonly field: string;
  readonly message: string;
  /** Whether it is demanded; what depends on the country is known once the reference was asked. */
  readonly when: (known: Known, enrichment: Enrichment | null) => boolean;
  readonly given: (values: Values, known: Known) => boolean;
}

const always = (): boolean => true;
const inAddress = (name: string) => (values: Values) =>
  textOf(membersOf(values.billingAddress)[name]) !== null;

/** What has to be known of a customer before records of it are made, by country and segment. */
const rules: readonly Rule[] = [
  {
    field: 'name',
    message: 'Give the name of the customer.',
    when: always,
    given: (_, { name }) => name !== null,
  },
  {
    field: 'country',
    message: 'Give the country of the customer: what else is needed depends on it.',
    when: always,
    given: (_, { country }) => country !== null,
  },
  {
    field: 'billingAddress',
    message: 'Give the address where invoices go: at least one line and the town.',
    when: always,
    given: (values) => {
      const { lines, city } = membersOf(values.billingAddress);
      return Array.isArray(lines) && lines.length > 0 && textOf(city) !== null;
    },
  },
  {
    field: 'billingAddress.postalCode',
    message: 'Addresses in this country have a postal code.',
    when: (_, enrichment) => enrichment?.address.postalCode === true,
    given: inAddress('postalCode'),
  },
  {
    field: 'billingAddress.region',
    message: 'Give the state or province: the tax depends on it.',
    when: (_, enrichment) => enrichment?.address.region === true,
    given: inAddress('region'),
  },
  {
    field: 'legalEntity.registrationNumber',
    message: 'Of an enterprise the number in its company register is needed.',
    when: ({ segment }) => segment === 'ENTERPRISE',
    given: (values, { declared }) =>
      textOf(membersOf(values.legalEntity).registrationNumber) !== null ||
      textOf(declared.registrationNumber) !== null,
  },
  {
    field: 'taxRegistrations',
    message: 'A business in this country is invoiced by its tax id.',
    when: ({ segment }, enrichment) =>
      enrichment !== null && enrichment.taxIdKinds.length > 0 && segment !== 'PUBLIC_SECTOR',
    given: ({ taxRegistrations }) => Array.isArray(taxRegistrations) && taxRegistrations.length > 0,
  },
  {
    field: 'billingCurrency',
    message: 'Nobody knows which currency is used in this country: give the one to bill in.',
    when: (_, enrichment) => enrichment !== null,
    given: ({ billingCurrency }) => textOf(billingCurrency) !== null,
  },
];

/** What is missing, and what cannot be used as it is, in the words of the rules for writes. Pure. */
export function lackingIn(known: Known, enrichment: Enrichment | null): readonly Field[] {
  const values = wanted(known, enrichment);
  const missing = rules
    .filter((rule) => rule.when(known, enrichment) && !rule.given(values, known))
    .map(({ field, message }): Field => ({ field, code: 'MISSING', message }));
  return [...missing, ...invalidIn(values)];
}

function invalidIn(values: Values): readonly Field[] {
  const governed: Readonly<Record<string, Attribute>> = attributes.Customer;
  const own = Object.entries(values).filter(([name, value]) => value !== null && governed[name]?.write);
  return checkValues('Customer', Object.fromEntries(own)).refusals.map(
    ({ attribute, path, code, message }): Field => ({ field: [attribute, ...path].join('.'), code, message }),
  );
}
