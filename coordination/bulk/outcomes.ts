import type { Reason } from './contract.ts';
import type { Door, Pause } from './door.ts';
import { count, ends, type End, type Tally } from './report.ts';

/** An accepted write that is not over as far as is known. */
export interface Open {
  readonly line: number;
  readonly id: string;
  readonly customer: string;
  /** ISO 8601. */
  readonly acceptedAt: string;
}

/** Writes that are asked about in one request. */
const pollSize = 100;
/** Milliseconds between two looks at writes that are not over: the shortest, and the longest. */
const [shortest, longest] = [250, 5000];

export interface OutcomesOptions {
  readonly door: Pick<Door, 'ask'>;
  readonly tally: Tally;
  readonly pause: Pause;
  readonly signal: AbortSignal;
  /** Told after every look. */
  readonly observe: () => Promise<void>;
}

/** What becomes of accepted writes, watched a hundred at a time. */
export interface Outcomes {
  add(one: Open): void;
  /** Those that are not over, oldest first, as far as they have been looked at equally often. */
  open(): readonly Open[];
  readonly size: number;
  /** Resolves when no more than so many are open, or the run was stopped. */
  settle(most: number): Promise<void>;
}

export function watchOutcomes(
  { door, tally, pause, signal, observe }: OutcomesOptions,
  begun: readonly Open[],
): Outcomes {
  const waiting = new Map(begun.map((one) => [one.id, one]));

  /** How many of the writes that have waited longest are over. The others wait at the end again. */
  async function look(): Promise<number> {
    const asked = [...waiting.values()].slice(0, pollSize);
    const shown = await shownOf(door, asked);
    if (shown === null) return 0;
    let over = 0;
    for (const one of asked) {
      const write = shown.get(one.id);
      const end = ends.find((state) => state === (write?.state ?? 'UNKNOWN'));
      waiting.delete(one.id);
      if (end === undefined) waiting.set(one.id, one);
      else {
        over++;
        count(tally, { line: one.line, id: one.id, end }, write ? causesOf(write) : []);
      }
    }
    await observe();
    return over;
  }

  return {
    add(one) {
      waiting.set(one.id, one);
    },
    open: () => [...waiting.values()],
    get size() {
      return waiting.size;
    },
    async settle(most) {
      let wait = shortest;
      while (waiting.size > most && !signal.aborted) {
        const asked = Math.min(pollSize, waiting.size);
        const over = await look();
        wait = over > 0 ? shortest : Math.min(longest, wait * 2);
        if (over < asked && waiting.size > most) await pause(wait, signal);
      }
    },
  };
}

interface ShownWrite {
  readonly id: string;
  readonly state: Exclude<End, 'UNKNOWN'> | 'PENDING' | 'RUNNING' | 'COMPENSATING';
  readonly receipts: readonly {
    readonly attribute: string;
    readonly cause: { readonly code: string; readonly message: string } | null;
  }[];
}

interface Page {
  readonly edges: readonly { readonly node: ShownWrite }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** What has become of writes. */
export const query = `query Outcomes($filter: CustomerWriteFilter!, $after: String) {
  customerWrites(first: ${pollSize}, after: $after, filter: $filter) {
    edges { node { id state receipts { attribute cause { code message } } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** The writes as they are now, by id; null where the run was stopped. One request, unless others wrote the same customers. */
async function shownOf(
  door: Pick<Door, 'ask'>,
  asked: readonly Open[],
): Promise<ReadonlyMap<string, ShownWrite> | null> {
  const times = asked.map(({ acceptedAt }) => Date.parse(acceptedAt));
  const filter = {
    customerIds: [...new Set(asked.map(({ customer }) => customer))],
    // Answers tell times to the millisecond, whatever the store keeps.
    acceptedFrom: new Date(Math.min(...times) - 1).toISOString(),
    acceptedBefore: new Date(Math.max(...times) + 2).toISOString(),
  };
  const found = new Map<string, ShownWrite>();
  const ids = new Set(asked.map(({ id }) => id));
  for (let after: string | null = null; ;) {
    const answer = await door.ask(query, { filter, after });
    if (answer === null) return null;
    const page = answer.data.customerWrites as Page | null | undefined;
    // What the server cannot tell now it may tell later.
    if (!page) return new Map(asked.map(({ id }) => [id, { id, state: 'PENDING', receipts: [] }]));
    for (const { node } of page.edges) if (ids.has(node.id)) found.set(node.id, node);
    after = page.pageInfo.hasNextPage && found.size < ids.size ? page.pageInfo.endCursor : null;
    if (after === null) return found;
  }
}

function causesOf({ receipts }: ShownWrite): readonly Reason[] {
  return receipts.flatMap(({ attribute, cause }) => (cause ? [{ attribute, ...cause }] : []));
}
