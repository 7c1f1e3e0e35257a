import { Failure } from '../../runtime/failure.ts';
import { parsedArguments, wholeNumber } from '../../runtime/terminal/arguments.ts';
import { highestSeed, mostCustomers } from './synthetic/keys.ts';

/** What `npm run seed` is asked for. */
export type SeedArguments =
  { readonly help: true } | { readonly help: false; readonly customers: number; readonly seed: number };

export const seedHelp = `Fills the sandbox systems with synthetic customers.

  npm run seed -- --customers N [--seed S]

  --customers N  how many the store shall have of this seed, 1 to ${mostCustomers.toLocaleString('en')}
  --seed S       0 to ${highestSeed}; 1 by default. The same N and S give the same records, and the first
                 thousand of a million are the same as those of a thousand
  --help         this text

The store is that of the configuration: DATABASE_URL, or else DATA_DIR. Running again changes nothing;
a seeding that was broken off, by Ctrl-C for instance, goes on where it was. A larger N adds the others.
Stop a server that has the embedded store open first.
`;

/**
 * Reads the command line.
 * @throws Failure BAD_USER_INPUT
 */
export function seedArguments(given: readonly string[]): SeedArguments {
  const { help, customers, seed } = parsedArguments({
    args: [...given],
    options: {
      customers: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
  if (help === true) return { help: true };
  if (customers === undefined) {
    throw new Failure(
      'BAD_USER_INPUT',
      'Say how many: npm run seed -- --customers 1000 (--help shows more).',
    );
  }
  return {
    help: false,
    customers: wholeNumber('--customers', customers, 1, mostCustomers),
    seed: wholeNumber('--seed', seed ?? '1', 0, highestSeed),
  };
}
