import { createHash } from 'node:crypto';
import { Failure } from '../runtime/failure.ts';
import type { Rows } from '../runtime/rows.ts';
import type { CustomerFilter } from '../schema/generated/identity.ts';
import { foldCountry, foldDomain, foldName, foldTaxId, nameLimit } from './facts.ts';
import type { SystemName } from './systems.ts';
import { mayOf } from './visibility.ts';

/** A filter with its values folded as the index holds them; null where there is no condition. */
export interface Criteria {
  readonly name: string | null;
  readonly country: string | null;
  readonly taxId: string | null;
  readonly domain: string | null;
  readonly knownTo: SystemName | null;
}

/** The condition as it was given; refuses an empty one, which would mean two things. */
function given(field: string, value: string | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (value.trim() === '') {
    throw new Failure('BAD_USER_INPUT', `"filter.${field}" is empty; give it a value or leave it out.`);
  }
  return value;
}

function folded(
  field: string,
  value: string | null | undefined,
  fold: (value: string) => string,
  expected: string,
): string | null {
  const text = given(field, value);
  if (text === null) return null;
  const key = fold(text);
  if (key === '') throw new Failure('BAD_USER_INPUT', `"filter.${field}" must be ${expected}.`);
  return key;
}

/** A name that is cut when it is folded would find customers that it does not name. */
function foldWholeName(name: string): string {
  return name.length > nameLimit ? '' : foldName(name);
}

/**
 * Reads a filter.
 * @throws Failure BAD_USER_INPUT for an empty value, and for one that could match nothing
 */
export function criteria(filter: CustomerFilter | null | undefined): Criteria {
  return {
    name: folded(
      'name',
      filter?.name,
      foldWholeName,
      `part of a name: letters or digits, at most ${nameLimit} characters`,
    ),
    country: folded(
      'country',
      filter?.country,
      (code) => foldCountry(code) ?? '',
      'a country code of two letters',
    ),
    taxId: folded('taxId', filter?.taxId, foldTaxId, 'a tax id of 4 to 64 letters and digits'),
    domain: folded('emailDomain', filter?.emailDomain, foldDomain, 'a domain such as example.com'),
    knownTo: filter?.knownTo === 'IDENTITY' ? null : (filter?.knownTo ?? null),
  };
}

/** A short text that differs between different criteria; it does not give their values away. */
export function fingerprint(sought: Criteria): string {
  return createHash('sha256').update(JSON.stringify(sought)).digest('base64url').slice(0, 16);
}

/** Parameters of a statement in the making; `add` gives the placeholder of a value. */
export interface Parameters {
  readonly values: readonly unknown[];
  readonly add: (value: unknown) => string;
}

export function parameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}

/**
 * SQL that holds for the customers `c` that somebody sees; what `identity_sees` says, in words that an index has an answer
 * to.
 */
export function seen(rows: Rows, { add }: Parameters): readonly string[] {
  if (rows === null) return [];
  const any = mayOf(rows).map(({ countries, segments, accountOwners }) => {
    const has = (column: string, values: readonly string[] | undefined) =>
      values ? [`c.${column} = any(${add(values)}::text[])`] : [];
    return [
      ...has('country', countries),
      ...has('segment', segments),
      ...has('account_owner', accountOwners),
    ];
  });
  return [any.length === 0 ? 'false' : `(${any.map((all) => `(${all.join(' and ')})`).join(' or ')})`];
}

/** SQL that holds for the customers `c` with these criteria, besides the country. */
export function conditions(sought: Criteria, { add }: Parameters): readonly string[] {
  const { name, taxId, domain, knownTo } = sought;
  return [
    // A folded name has no character that means something to LIKE.
    ...(name === null ? [] : [`c.name like ${add(`%${name}%`)}`]),
    ...(taxId === null ? [] : [`c.tax_ids @> array[${add(taxId)}]`]),
    ...(domain === null ? [] : [`c.domains @> array[${add(domain)}]`]),
    ...(knownTo === null
      ? []
      : [
          `c.id in (select customer_id from identity_crosswalk where system = ${add(knownTo)} and valid_to is null)`,
        ]),
  ];
}
