import { questions as read, type Question as ReadQuestion } from '../read/queries.ts';

/** What is asked at the door. */
export interface Question extends Pick<ReadQuestion, 'what' | 'document' | 'variables'> {
  readonly name: string;
}

const [one] = read;

/** The questions of `bench:read`, and one about personal data. */
export const questions: readonly Question[] = [
  ...read,
  {
    name: 'Q3',
    what: 'one customer by id, 5 fields of personal data among 8',
    document: `query Q3($id: ID!) {
  customer(id: $id) {
    name
    accountOwner { name email }
    invoiceDelivery { channel email }
    bankAccount { iban holder }
  }
}`,
    variables: one?.variables ?? (() => ({})),
  },
];
