import { parseArgs } from 'node:util';
import { Failure } from '../../runtime/failure.ts';
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
  const { help, customers, seed } = read(given);
  if (help === true) return { help: true };
  if (customers === undefined) {
    throw new Failure(
      'BAD_USER_INPUT',
      'Say how many: npm run seed -- --customers 1000 (--help shows more).',
    );
  }
  return {
    help: false,
    customers: whole('--customers', customers, 1, mostCustomers),
    seed: whole('--seed', seed ?? '1', 0, highestSeed),
  };
}

function read(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        customers: { type: 'string' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const reason = unusable(error);
    throw new Failure('BAD_USER_INPUT', `${reason}; --help shows what there is.`);
  }
}

function whole(name: string, text: string, from: number, to: number): number {
  const number = /^\d{1,9}$/.test(text.replaceAll('_', '')) ? Number(text.replaceAll('_', '')) : NaN;
  if (number >= from && number <= to) return number;
  throw new Failure('BAD_USER_INPUT', `${name} must be a whole number from ${from} to ${to}.`);
}

/** What `parseArgs` says of options that it does not take, without its advice. */
export function unusable(error: unknown): string {
  const { message } = error as { readonly message: string };
  return (message.split(/\. |\n/)[0] ?? '').replace(/\.$/, '');
}
