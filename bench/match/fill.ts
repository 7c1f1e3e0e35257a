import { drawsOf } from '../../subgraphs/seed/population/draws.ts';
import type { Identity } from '../../identity/index.ts';
import { enteredAgain } from './damage.ts';
import { syntheticFacts } from './labelled.ts';

/** One customer in so many is another one, entered again. */
const every = 50;
/** How far back that other one is. */
const back = 20;
const kind = 104;
const batch = 2000;

/** Whether the customer with this index is one that was there before. */
export const isAgain = (index: number): boolean => index % every === every - 1;

function factsAt(seed: number, index: number) {
  if (!isAgain(index)) return syntheticFacts(seed, index);
  return enteredAgain(syntheticFacts(seed, index - back), drawsOf(seed, kind, index)).facts;
}

/** The id of the customer with this index. */
export const idAt = (index: number): string =>
  `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;

/** Fills a register with synthetic customers, two in a hundred of them twice, straight and without the systems. */
export async function fill(
  { register }: Identity,
  { seed, customers, progress }: { seed: number; customers: number; progress: (done: number) => void },
): Promise<void> {
  for (let from = 0; from < customers; from += batch) {
    const size = Math.min(batch, customers - from);
    await register.enrol(
      Array.from({ length: size }, (_, i) => ({
        id: idAt(from + i),
        records: [{ system: 'CRM' as const, key: `crm-${from + i}` }],
        facts: factsAt(seed, from + i),
      })),
    );
    progress(from + size);
  }
  await register.tidy();
}

/** The two of each customer that is there twice. */
export function planted(customers: number): readonly (readonly [string, string])[] {
  return Array.from({ length: Math.floor(customers / every) }, (_, i) => {
    const again = (i + 1) * every - 1;
    return [idAt(again - back), idAt(again)] as const;
  });
}
