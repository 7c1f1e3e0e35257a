/** One line of the owners' own log. */
export interface Entry {
  /** Grows in the order in which things happened, across all owners. */
  readonly seq: string;
  /** The owner's table, e.g. `crm_account`. */
  readonly entity: string;
  readonly key: string;
  readonly kind: string;
  readonly version: string;
  readonly wire_key: string | null;
  /** The record after it. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** How the wire keys of the records begin that are there before the run. */
export const seedKey = 'seed';

/** Rows that an owner gives at a time. */
const page = 1000;

/** The whole history of these owners, in the order in which it happened. */
export async function readHistory(url: string, systems: readonly string[]): Promise<readonly Entry[]> {
  const all = await Promise.all(systems.map((system) => historyOf(`${url}/${system}/sandbox/history`)));
  return all.flat().sort((one, other) => Number(one.seq) - Number(other.seq));
}

async function historyOf(url: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const response = await fetch(`${url}?after=${entries.at(-1)?.seq ?? '0'}`);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const next = (await response.json()) as readonly Entry[];
    entries.push(...next);
    if (next.length < page) return entries;
  }
}
