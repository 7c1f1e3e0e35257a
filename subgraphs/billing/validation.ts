import { z } from 'zod';
import type { WireResponse } from '../wire.ts';
import { isCountry, isCurrency } from '../../schema/codes.ts';
import { ibanOf } from '../../schema/iban.ts';
import { error } from './answers.ts';
import { collections, deliveries, delinquencies, paymentTypes, type BillingCustomer } from './customer.ts';

const text = (most: number) => z.string().max(most);
const email = text(254).regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an e-mail address');
const country = z.string().refine(isCountry, 'must be a country code');
/** Enough digits to pay with: never stored, whatever the parameter is called. */
const withoutNumber = (most: number) =>
  text(most).refine(
    (value) => value.replace(/\D/g, '').length < 8,
    'must not hold the number of a card or account',
  );

/** An ISO 4217 code as the billing system writes it. */
const currency = z
  .string()
  .refine(
    (code) => code === code.toLowerCase() && isCurrency(code.toUpperCase()),
    'must be a currency in small letters',
  );

const paymentMethod = z.strictObject({
  type: z.enum(paymentTypes),
  brand: withoutNumber(60).nullable().default(null),
  last4: z
    .string()
    .regex(/^[0-9A-Za-z]{4}$/, 'must be four characters')
    .nullable()
    .default(null),
  exp_month: z.int().min(1).max(12).nullable().default(null),
  exp_year: z.int().min(2000).max(2199).nullable().default(null),
});

/** A customer but for what the billing system itself decides. */
const customer = z.strictObject({
  metadata: z.strictObject({ account: text(40).nullable(), customer: text(40).nullable().default(null) }),
  name: text(255).nullable(),
  currency,
  invoice_settings: z
    .strictObject({ delivery: z.enum(deliveries), email: email.nullable().default(null) })
    .refine((to) => to.delivery !== 'email' || to.email !== null, {
      path: ['email'],
      message: 'must be given for delivery by e-mail',
    })
    .nullable(),
  delinquency: z.enum(delinquencies).nullable(),
  collection: z.enum(collections).nullable(),
  default_payment_method: paymentMethod.nullable(),
  bank_account: z
    .strictObject({
      iban: z.string().refine((iban) => ibanOf(iban) === iban, 'must be an IBAN'),
      holder_name: text(120).min(1),
    })
    .nullable(),
  provisioning_id: text(120).nullable(),
  business: z
    .strictObject({
      legal_name: text(255).min(1),
      lei: z
        .string()
        .regex(/^[A-Z0-9]{18}\d{2}$/, 'must be a legal entity identifier')
        .nullable()
        .default(null),
      country: country.nullable().default(null),
      registration_number: text(60).nullable().default(null),
      legal_form: text(60).nullable().default(null),
    })
    .nullable(),
  address: z
    .strictObject({
      lines: z.array(text(120)).max(8),
      city: text(120).nullable().default(null),
      state: text(120).nullable().default(null),
      postal_code: text(20).nullable().default(null),
      country: country.nullable().default(null),
    })
    .nullable(),
  terms: z
    .strictObject({
      code: text(20).min(1),
      label: text(120),
      days_until_due: z.int().min(0).max(3650),
      discount_percent: z
        .string()
        .regex(/^\d{1,2}(\.\d{1,6})?$|^100$/, 'must be a percentage')
        .nullable()
        .default(null),
      discount_days: z.int().min(0).max(3650).nullable().default(null),
    })
    .nullable(),
});

/** What can be said of a customer; the billing system itself adds balance and time. */
export type CustomerParameters = Omit<BillingCustomer, 'balance' | 'created'>;

/** What a new customer has where its maker does not say. */
const blank: Omit<CustomerParameters, 'currency'> = {
  metadata: { account: null, customer: null },
  name: null,
  invoice_settings: null,
  delinquency: 'current',
  collection: 'active',
  default_payment_method: null,
  bank_account: null,
  provisioning_id: null,
  business: null,
  address: null,
  terms: null,
};

interface Refusal {
  readonly refused: WireResponse;
}

/** The customer that parameters make, or why they are refused. */
export function newCustomer(parameters: unknown): { readonly made: CustomerParameters } | Refusal {
  const given = unset(parameters);
  if (!isObject(given)) return notParameters;
  return checked(customer, { ...blank, ...merged(given, { ...blank }) }, (made) => ({ made }));
}

/**
 * The changes that parameters make to a customer, or why they are refused. `''` unsets; an object is merged key by key
 * with the present one, as forms are; a payment method is replaced.
 */
export function customerChanges(
  parameters: unknown,
  present: BillingCustomer,
): { readonly changes: Partial<CustomerParameters> } | Refusal {
  const given = unset(parameters);
  if (!isObject(given)) return notParameters;
  if (given.currency !== undefined && given.currency !== present.currency) return currencyIsFixed;
  if (given.collection === 'closed' && present.balance !== 0) return stillOwes;
  return checked(customer.partial(), merged(given, { ...present }), (changes) => ({
    // What is absent must stay so: undefined would be stored.
    changes: Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
  }));
}

const notParameters: Refusal = {
  refused: error(400, { code: 'parameter_invalid', message: 'The body must be an object of parameters' }),
};
const stillOwes: Refusal = {
  refused: error(400, {
    code: 'parameter_invalid',
    param: 'collection',
    message: 'Invalid collection: the customer has a balance that is not settled',
  }),
};
const currencyIsFixed: Refusal = {
  refused: error(400, {
    code: 'parameter_invalid',
    param: 'currency',
    message: 'Invalid currency: it is fixed when the customer is made',
  }),
};

function merged(given: Readonly<Record<string, unknown>>, present: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const before = name === 'default_payment_method' ? null : present[name];
      return [name, isObject(value) && isObject(before) ? { ...before, ...value } : value];
    }),
  );
}

/** The value that a schema makes of parameters, or the first reason against it, naming the parameter and not its value. */
export function checked<S extends z.ZodType, T>(
  schema: S,
  parameters: unknown,
  use: (value: z.output<S>) => T,
): T | Refusal {
  const result = schema.safeParse(parameters);
  if (result.success) return use(result.data);
  const [issue] = result.error.issues;
  const path = [
    ...(issue?.path ?? []),
    ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []),
  ];
  const param = path.map((step, i) => (i === 0 ? String(step) : `[${String(step)}]`)).join('');
  if (issue?.code === 'unrecognized_keys') {
    return {
      refused: error(400, {
        code: 'parameter_unknown',
        param,
        message: `Received unknown parameter: ${param}`,
      }),
    };
  }
  if (issue?.code === 'invalid_type' && valueAt(parameters, path) === undefined) {
    return {
      refused: error(400, {
        code: 'parameter_missing',
        param,
        message: `Missing required parameter: ${param}`,
      }),
    };
  }
  const message = `Invalid ${param}: ${issue?.message ?? 'not acceptable'}`;
  return { refused: error(400, { code: 'parameter_invalid', param, message }) };
}

/** Empty text means: nothing. */
function unset(value: unknown): unknown {
  if (value === '') return null;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unset(inner)]));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, step) => (isObject(inner) ? inner[String(step)] : undefined), value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
