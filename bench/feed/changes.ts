/** What changes, and what is asked of it. */
import { idAt } from '../read/population.ts';
import { populationSize, questions } from '../read/queries.ts';
import type { Published } from './contender.ts';

/**
 * The same for all subscribers; the same document, and of each its own list of customers; or of each also a document of
 * its own.
 */
export const varieties = ['shared', 'filters', 'different'] as const;
export type Variety = (typeof varieties)[number];

/** The customers that change, in turn. */
export const changed: readonly string[] = Array.from({ length: 8 }, (_, index) => idAt(index * 97));

const [{ document: q1 } = { document: '' }] = questions;
const customer = q1.slice(q1.indexOf('{', q1.indexOf('customer(')), q1.lastIndexOf('}'));

/** What the n-th subscriber asks: a change, and of its customer what Q1 of the reads asks, 15 fields of three systems. */
export const documentOf = (variety: Variety, n: number): string =>
  `subscription Changed${variety === 'different' ? n : ''}($ids: [ID!]) {
  customerChanged(filter: { customerIds: $ids }) {
    cursor position at kind system version
    attributes { name owner }
    customer ${customer}
  }
}`;

/** Variables of the n-th subscriber. */
export const variablesOf = (variety: Variety, n: number): Readonly<Record<string, unknown>> => ({
  ids: variety === 'shared' ? changed : [...changed, idAt(populationSize + n)],
});

export const changeOf = (number: number): Published => ({
  number,
  customerId: changed[number % changed.length] as string,
  at: new Date().toISOString(),
});
