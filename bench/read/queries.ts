/** The two questions, and what differs from request to request. */
import { cursorAt } from './memory.ts';
import { idAt } from './population.ts';

export interface Question {
  readonly name: 'Q1' | 'Q2';
  readonly what: string;
  readonly document: string;
  /** Variables of the n-th request. */
  readonly variables: (n: number) => Readonly<Record<string, unknown>>;
  /** The same question to the hand-written endpoint. */
  readonly path: (n: number) => string;
}

/** Customers in memory. */
export const populationSize = 2000;
const pageSize = 50;

// A stride that is prime to the population: every customer is asked for before one is asked for again.
const place = (n: number): number => (n * 7919) % populationSize;
const start = (n: number): number => 1 + ((n * 7919) % (populationSize - pageSize - 1));

const ids = Array.from({ length: populationSize }, (_, index) => idAt(index));

export const questions: readonly Question[] = [
  {
    name: 'Q1',
    what: 'one customer by id, 15 fields of three systems',
    document: `query Q1($id: ID!) {
  customer(id: $id) {
    id
    name
    segment
    industry
    website
    accountOwner { name }
    legalEntity { registeredName country }
    taxClassification
    paymentTerms { netDays }
    creditStatus
    balance { amount currency }
    dunningState
    invoiceDelivery { channel }
  }
}`,
    variables: (n) => ({ id: ids[place(n)] }),
    path: (n) => `/customers/${ids[place(n)]}`,
  },
  {
    name: 'Q2',
    what: `a list of ${pageSize} customers, 12 fields of three systems`,
    document: `query Q2($after: String) {
  customers(first: ${pageSize}, after: $after) {
    edges {
      node {
        id
        name
        segment
        lifecycleStatus
        legalEntity { country }
        paymentTerms { netDays }
        creditStatus
        creditLimit { amount currency }
        balance { amount currency }
        dunningState
      }
    }
    pageInfo { endCursor hasNextPage }
  }
}`,
    variables: (n) => ({ after: cursorAt(start(n) - 1) }),
    path: (n) => `/customers?first=${pageSize}&after=${cursorAt(start(n) - 1)}`,
  },
];
