import type { WriteOrder } from './arguments.ts';
import { reasonText, type Reason } from './contract.ts';
import type { Done } from './done.ts';
import type { Door } from './door.ts';
import type { Asked } from './line.ts';
import type { Outcomes } from './outcomes.ts';
import { count, type Tally } from './report.ts';
import { lookupSize, resolver } from './resolve.ts';
import type { Row } from './source.ts';

/** Writes that may be open at a time; when there are so many, half of them are waited for. */
const mostOpen = 10_000;
/** Rows by which the fastest may be ahead of the slowest. */
const mostAhead = 10_000;

export interface SendOptions {
  readonly order: Pick<WriteOrder, 'name' | 'concurrency' | 'wait'>;
  readonly door: Pick<Door, 'ask'>;
  readonly done: Done;
  readonly tally: Tally;
  readonly outcomes: Outcomes;
  readonly signal: AbortSignal;
  /** Told of each refused row, in the order of the answers. */
  readonly refuse: (row: Row, reasons: readonly Reason[]) => void;
  /** Told when so many accepted writes are open that some are waited for before more are sent. */
  readonly full: (open: number) => void;
  /** Told after each row that is done. */
  readonly observe: (row: Row) => Promise<void>;
}

/** Changes one customer. */
export const mutation = `mutation Write($input: UpdateCustomerInput!) {
  updateCustomer(input: $input) {
    write { id state acceptedAt customer { id } }
    refusals { code attribute message }
    replayed
  }
}`;

interface Payload {
  readonly write: {
    readonly id: string;
    readonly state: string;
    readonly acceptedAt: string;
    readonly customer: { readonly id: string };
  } | null;
  readonly refusals: readonly Reason[];
  readonly replayed: boolean;
}

/**
 * Sends the rows that are not done yet: never more than `concurrency` at a time, and those of one customer in their
 * order. Resolves when all are done, or when the run was stopped and what was under way has been answered.
 */
export async function sendRows(rows: AsyncIterable<Row>, options: SendOptions): Promise<void> {
  const { order, door, done, tally, outcomes, signal, refuse, full, observe } = options;
  const customers = resolver(door);
  /** Writes under way, by customer. None of them rejects. */
  const active = new Map<string, Promise<void>>();
  let failed: { readonly cause: unknown } | undefined;

  async function finish(row: Row): Promise<void> {
    done.add(row.ordinal);
    await observe(row);
  }

  function refused(row: Row, reasons: readonly Reason[]): Promise<void> {
    tally.refused++;
    refuse(row, reasons);
    return finish(row);
  }

  async function send(row: Row, asked: Asked, customerId: string): Promise<void> {
    const answer = await door.ask(mutation, { input: inputOf(row, asked, customerId, order.name) });
    if (answer === null) return;
    const payload = answer.data.updateCustomer as Payload | null | undefined;
    if (!payload?.write) {
      const reasons = payload
        ? payload.refusals
        : answer.errors.map(({ code, message }) => ({ code, message, attribute: null }));
      return refused(row, reasons);
    }
    const { id, state, acceptedAt, customer } = payload.write;
    tally.accepted++;
    if (payload.replayed) tally.replayed++;
    if (state === 'SUCCEEDED') count(tally, { line: row.line, id, end: state });
    else if (order.wait) outcomes.add({ line: row.line, id, customer: customer.id, acceptedAt });
    return finish(row);
  }

  async function start(row: Row, asked: Asked, customerId: string): Promise<void> {
    const customer = customerId.toLowerCase();
    const late = () => active.size >= order.concurrency || row.ordinal > done.through + mostAhead;
    while (active.size > 0 && (active.has(customer) || late())) {
      await (active.get(customer) ?? Promise.race(active.values()));
    }
    if (outcomes.size >= mostOpen) {
      full(outcomes.size);
      await outcomes.settle(mostOpen / 2);
    }
    if (signal.aborted || failed) return;
    const sending = send(row, asked, customerId)
      .catch((cause: unknown) => {
        failed ??= { cause };
      })
      .finally(() => active.delete(customer));
    active.set(customer, sending);
  }

  for await (const chunk of chunksOf(rows, done)) {
    const sound = chunk.flatMap(({ read }) => ('target' in read ? [read.target] : []));
    const found = await customers.find(sound);
    if (found === null) break;
    let next = 0;
    for (const row of chunk) {
      if (signal.aborted || failed) break;
      const { read } = row;
      const customer = 'target' in read ? found[next++] : undefined;
      if ('reasons' in read) await refused(row, read.reasons);
      else if (customer && 'id' in customer) await start(row, read, customer.id);
      else await refused(row, customer?.reasons ?? []);
    }
    if (signal.aborted || failed) break;
  }
  await Promise.all(active.values());
  if (failed) throw failed.cause;
}

function inputOf(
  { line }: Row,
  { input, idempotencyKey, hash }: Asked,
  customerId: string,
  name: string,
): object {
  const key = idempotencyKey ?? `${name}/${line}/${hash}`;
  return { ...input, customerId, idempotencyKey: key, lane: 'BULK', wait: 'ACCEPTED' };
}

/** Rows that are not done, as many at a time as are looked up in one request. */
async function* chunksOf(rows: AsyncIterable<Row>, done: Done): AsyncGenerator<readonly Row[]> {
  let chunk: Row[] = [];
  for await (const row of rows) {
    if (done.has(row.ordinal)) continue;
    if (chunk.push(row) < lookupSize) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}

/** A refused row in one line. */
export function refusalText({ line }: Row, reasons: readonly Reason[]): string {
  return reasons.map((reason) => `line ${line}: ${reasonText(reason)}\n`).join('');
}
