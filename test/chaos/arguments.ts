import { parseArgs } from 'node:util';
import { mutants, type Mutant } from './messages.ts';

export type StoreName = 'pglite' | 'postgres';

/** What `npm run chaos` is asked for. */
export type ChaosArguments =
  | { readonly help: true }
  | {
      readonly help: false;
      readonly writes: number;
      readonly kills: number;
      /** How often the database is ended and started again; for that it has a server of its own. */
      readonly restarts: number;
      readonly seed: number;
      readonly stores: readonly StoreName[];
      readonly mutant: Mutant | null;
      /** Whether the billing system forgets idempotency keys. */
      readonly keyless: boolean;
    };

export const chaosHelp = `Writes to customers while workers are killed and owners misbehave, then holds every receipt against the
history that the owners keep themselves, in a process that is never killed.

  npm run chaos -- [--writes N] [--kills K] [--restart-database R] [--seed S] [--store WHERE] [--keyless] [--mutant M]

  --writes N     1 to 100000; 1000 by default; with every tenth a new customer is onboarded as well, in all three systems
  --kills K      SIGKILLs, first at every boundary between two statements that touch the world, then at random;
                 after every fourth comes a SIGSTOP beyond the lease (with no-epoch after each); 0 to 10000, 50 by default
  --restart-database R
                 0 to 1000, none by default: times that the database server ends in the middle, as by a stop or by a
                 crash, and starts again; spread over the writes, at a server of the run's own (PostgreSQL only)
  --seed S       0 to 2147483647; random by default, and printed: it decides what is written, which calls the owners
                 fail, and the order of the blows
  --store WHERE  pglite (one worker), postgres (three, in a database of its own on TEST_DATABASE_URL or the standard
                 local port), or both; pglite by default
  --keyless      the billing system forgets idempotency keys, and nothing comes late there; with no-look always
  --mutant M     ${mutants.join(', ')}: runs an engine that lacks this, with up to three seeds, and
                 succeeds where that is found out
  --help         this text

Exit code: 0 where nothing was found (with --mutant: where something was), 1 otherwise, 2 for bad arguments.
`;

/** Arguments that are none; its message is for the person at the terminal. */
export interface Unusable {
  readonly unusable: string;
}

/** Reads the command line. Pure but for the seed that nobody chose. */
export function chaosArguments(given: readonly string[]): ChaosArguments | Unusable {
  const read = values(given);
  if ('unusable' in read) return read;
  if (read.help === true) return { help: true };
  const { writes = '1000', kills = '50', store = 'pglite', mutant, keyless = false } = read;
  const { 'restart-database': restarts = '0' } = read;
  const { seed = String(Math.floor(Math.random() * 1_000_000)) } = read;
  const numbers = {
    writes: whole(writes, 1, 100_000),
    kills: whole(kills, 0, 10_000),
    restarts: whole(restarts, 0, 1_000),
    seed: whole(seed, 0, 2_147_483_647),
  };
  for (const [name, number] of Object.entries(numbers))
    if (Number.isNaN(number))
      return {
        unusable: `--${name === 'restarts' ? 'restart-database' : name} is not a number that it can be`,
      };
  const stores = places.get(store);
  if (!stores) return { unusable: `--store must be one of: ${[...places.keys()].join(', ')}` };
  if (numbers.restarts > 0 && stores.includes('pglite'))
    return { unusable: '--restart-database needs --store postgres: the embedded store has no server' };
  const known = mutants.find((name) => name === mutant) ?? null;
  if (mutant !== undefined && known === null)
    return { unusable: `--mutant must be one of: ${mutants.join(', ')}` };
  return { help: false, ...numbers, stores, mutant: known, keyless };
}

const places: ReadonlyMap<string, readonly StoreName[]> = new Map([
  ['pglite', ['pglite']],
  ['postgres', ['postgres']],
  ['both', ['pglite', 'postgres']],
]);

function values(given: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...given],
      options: {
        ...{ writes: text, kills: text, seed: text, store: text, mutant: text },
        'restart-database': text,
        keyless: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return { unusable: error instanceof Error ? error.message : String(error) };
  }
}

/** NaN where it is not one. */
function whole(text: string, from: number, to: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  return number >= from && number <= to ? number : NaN;
}
