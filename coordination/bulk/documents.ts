import { greeting } from './door.ts';
import { query } from './outcomes.ts';
import { lookupSize, queryFor } from './resolve.ts';
import { mutation } from './send.ts';

/** Every document that `npm run write` sends; for servers that execute only documents they know. */
export const documents: readonly string[] = [
  greeting,
  mutation,
  query,
  ...Array.from({ length: lookupSize }, (_, i) => queryFor(i + 1)),
];
