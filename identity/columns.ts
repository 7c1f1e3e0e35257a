import type { MatchKeys, RowKeys } from './facts.ts';
import { blocksOf } from './matching/blocks.ts';

/** What records state of a customer. */
export type StatedKeys = MatchKeys & RowKeys;

/** A customer in the index: by what it is found, with what it is compared, and in which blocks it is. */
export interface Entry extends StatedKeys {
  /** See `blocksOf`. */
  readonly blocks: readonly string[];
}

export function entryOf(keys: StatedKeys): Entry {
  return { ...keys, blocks: blocksOf(keys) };
}

const types: Readonly<Record<keyof Entry, string>> = {
  name: 'text',
  country: 'text',
  taxIds: 'text[]',
  leis: 'text[]',
  domains: 'text[]',
  addresses: 'text[]',
  phones: 'text[]',
  ibans: 'text[]',
  segment: 'text',
  accountOwner: 'text',
  blocks: 'int8[]',
};

const columnOf = (property: string): string =>
  property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What a statement says once for each of some columns. */
interface Columns {
  /** `a.name, a.country, a.tax_ids, …` of a table. */
  readonly of: (table: string) => string;
  /** `name, country, tax_ids, …`. */
  readonly names: string;
  /** `r.name, r.country, r."taxIds", …`: the same in rows that came as JSON. */
  readonly given: (table: string) => string;
  /** `name text, country text, "taxIds" text[], …`: how to read these rows. */
  readonly recordset: string;
  /** `a.name, a.country, a.tax_ids as "taxIds", …`: how to give them back. */
  readonly answered: (table: string) => string;
  /** Whatever is to be said of each. */
  readonly each: (said: (column: string, property: string, type: string) => string) => string;
}

function columnsFor(properties: readonly (keyof Entry)[]): Columns {
  const each: Columns['each'] = (said) =>
    properties.map((property) => said(columnOf(property), `"${property}"`, types[property])).join(', ');
  return {
    of: (table) => each((column) => `${table}.${column}`),
    names: each((column) => column),
    given: (table) => each((_, property) => `${table}.${property}`),
    recordset: each((_, property, type) => `${property} ${type}`),
    answered: (table) => each((column, property) => `${table}.${column} as ${property}`),
    each,
  };
}

const entryProperties = Object.keys(types) as (keyof Entry)[];
const statedProperties = entryProperties.filter((property) => property !== 'blocks');
const rowProperties: readonly (keyof Entry)[] = ['segment', 'accountOwner'];

/** Columns of identity_facts, and of identity_customer as far as records state them. */
export const statedColumns = columnsFor(statedProperties);
/** Those of them by which customers are found and compared. */
export const keyColumns = columnsFor(
  statedProperties.filter((property) => !rowProperties.includes(property)),
);
/** Columns of identity_customer. */
export const entryColumns = columnsFor(entryProperties);
