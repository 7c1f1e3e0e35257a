/** A process: all subscribers of one contender. */
import type { Socket } from 'node:net';
import { percentile } from '../read/load.ts';
import { answering, now } from './asking.ts';
import { documentOf, variablesOf, type Variety } from './changes.ts';
import { subscriber } from './subscriber.ts';

export type Order =
  | { readonly connect: { readonly port: number; readonly subscribers: number; readonly variety: Variety } }
  /** Answers when everybody has heard the change of this number; with the moment. */
  | { readonly heard: number }
  /** Milliseconds from the commits of changes to everybody who heard of them; the first of them has the number `from`. */
  | { readonly latencies: { readonly from: number; readonly commits: readonly number[] } }
  | 'samples';

export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

/** Every so many-th subscriber reads what it hears, and checks that it is the next change. */
const sampled = 50;
/** Connections that are made at a time. */
const atATime = 50;

let count = 0;
/** By the number of a change: when each subscriber heard of it. */
const moments: Float64Array[] = [];
const arrived: number[] = [];
const waiting = new Map<number, PromiseWithResolvers<number>>();
const samples = new Map<string, unknown>();
let trouble: Error | undefined;

answering<Order>((order) => {
  if (trouble) throw trouble;
  if (order === 'samples') return [...samples.values()];
  if ('connect' in order) return connectAll(order.connect);
  if ('latencies' in order) return latencies(order.latencies);
  const { heard } = order;
  if ((arrived[heard] ?? 0) >= count) return now();
  const wait = waiting.get(heard) ?? Promise.withResolvers<number>();
  waiting.set(heard, wait);
  return wait.promise;
});
process.on('SIGTERM', () => process.exit(0));

function fail(why: string): void {
  trouble ??= new Error(why);
  for (const wait of waiting.values()) wait.reject(trouble);
  waiting.clear();
}

async function connectAll({ port, subscribers, variety }: Extract<Order, { connect: unknown }>['connect']) {
  count = subscribers;
  let next = 0;
  const one = async (): Promise<void> => {
    for (let index = next++; index < subscribers && !trouble; index = next++) {
      await new Promise<Socket>((resolve, reject) => {
        let number = 0;
        const read = index % sampled === 0;
        const socket: Socket = subscriber({
          ...{ port, document: documentOf(variety, index), variables: variablesOf(variety, index), read },
          ready: () => resolve(socket),
          heard(message) {
            number += 1;
            if (message !== undefined) check(message, number);
            hear(number, index);
          },
          failed(why) {
            fail(`a subscriber failed: ${why}`);
            reject(new Error(why));
          },
        });
      });
    }
  };
  await Promise.all(Array.from({ length: atATime }, one));
}

function hear(number: number, index: number): void {
  const at = now();
  (moments[number] ??= new Float64Array(count))[index] = at;
  const all = (arrived[number] = (arrived[number] ?? 0) + 1);
  if (all < count) return;
  waiting.get(number)?.resolve(at);
  waiting.delete(number);
}

/** What is said must be the change of this number, whole. */
function check(text: string, number: number): void {
  const message = JSON.parse(Buffer.from(text, 'latin1').toString()) as {
    readonly payload: {
      readonly data?: { readonly customerChanged: Record<string, unknown> };
      readonly errors?: unknown;
    };
  };
  const { data, errors } = message.payload;
  if (errors !== undefined || !data) return fail(`an answer has errors: ${JSON.stringify(errors)}`);
  const { cursor, position, at, version, ...told } = data.customerChanged;
  if (version !== String(number)) return fail(`change ${number} was expected, and ${String(version)} came`);
  samples.set(String((told.customer as { readonly id: string }).id), told);
}

function latencies({
  from,
  commits,
}: {
  readonly from: number;
  readonly commits: readonly number[];
}): Latencies {
  const all = new Float64Array(commits.length * count);
  commits.forEach((commit, index) => {
    const heard = moments[from + index] ?? new Float64Array(count);
    for (let one = 0; one < count; one++) all[index * count + one] = (heard[one] ?? NaN) - commit;
  });
  all.sort();
  return { p50: percentile(all, 0.5), p99: percentile(all, 0.99) };
}
