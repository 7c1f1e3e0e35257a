import { isDeepStrictEqual } from 'node:util';
import { median } from '../read/load.ts';
import type { places } from '../write/places.ts';
import { now, start, type Child } from './asking.ts';
import type { Latencies, Order as ToClients } from './clients.ts';
import type { Variety } from './changes.ts';
import type { Contender } from './contender.ts';
import type { Memory, Order, Reading } from './process.ts';

/** One contender with so many subscribers: medians of the rounds. */
export interface Row extends Figures {
  readonly contender: string;
  readonly subscribers: number;
  readonly variety: Variety;
}

interface Figures {
  /** Bytes for each subscriber that hears nothing. */
  readonly idle: number;
  /** The same of what the system counts as resident. */
  readonly resident: number;
  /** Messages a second while changes come as fast as they are told; NaN where only the idle are measured, as all below. */
  readonly perSecond: number;
  /** Microseconds of the contender's process for each of these messages. */
  readonly cpu: number;
  /** Executions for each change. */
  readonly executions: number;
  /** Milliseconds from a commit to a client, of changes that come one by one. */
  readonly p50: number;
  readonly p99: number;
}

export interface Result {
  readonly rows: readonly Row[];
  /** What could not be measured, with the reason. */
  readonly refused: readonly (Pick<Row, 'contender' | 'subscribers' | 'variety'> & {
    readonly reason: string;
  })[];
}

export interface Plan {
  readonly contenders: readonly Contender[];
  readonly subscribers: readonly number[];
  readonly varieties: readonly Variety[];
  readonly places: ReturnType<typeof places>;
  readonly rounds: number;
  /** Of each of the two kinds of load on one contender. */
  readonly seconds: number;
  readonly progress: (line: string) => void;
  /** Options of Node.js for contenders. */
  readonly node?: readonly string[];
}

type Server = Child<Order>;
type Clients = Child<ToClients>;

/**
 * Changes that are under way at a time while messages a second are counted: so many, but no more than are told in so many
 * milliseconds, because a server that is busy for longer does not hear its clients' pongs, and closes on them.
 */
const window = { least: 4, most: 32, milliseconds: 2000 };
/** Changes before anything is measured. */
const warmUp = 20;
/** Milliseconds of warming up at most, and until the last messages have to be there. */
const patience = { warmUp: 5000, last: 60_000, begin: 120_000 };

/** Measures everybody in turn, each time in a new process with new clients. */
export async function measure(plan: Plan): Promise<Result> {
  const found: Row[] = [];
  const refused: { contender: string; subscribers: number; variety: Variety; reason: string }[] = [];
  let told: unknown;
  for (let round = 1; round <= plan.rounds; round++) {
    for (const subscribers of plan.subscribers) {
      for (const variety of plan.varieties) {
        for (const contender of plan.contenders) {
          const row = { contender: contender.key, subscribers, variety };
          const what = `${contender.title}, ${subscribers} ${variety}`;
          if (contender.idle && variety !== 'shared') continue;
          try {
            const { samples, ...figures } = await one(plan, contender, subscribers, variety);
            if (!contender.idle) told ??= samples;
            if (!contender.idle && !isDeepStrictEqual(told, samples))
              throw new Error(
                `it tells something else than the others: ${JSON.stringify(samples).slice(0, 500)}`,
              );
            found.push({ ...row, ...figures });
            plan.progress(`round ${round}: ${what}: ${figures.perSecond.toFixed(0)} messages a second`);
          } catch (error) {
            const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
            refused.push({ ...row, reason });
            plan.progress(`round ${round}: ${what}: not measured: ${reason}`);
          }
        }
      }
    }
  }
  return { rows: medians(found), refused };
}

async function one(plan: Plan, contender: Contender, subscribers: number, variety: Variety) {
  const at = contender.store ? (await plan.places.make(contender.store)).at : '';
  const server = start<Order>('process.ts', [contender.key, at], plan.node);
  const clients = start<ToClients>('clients.ts', []);
  try {
    const port = await server.ask<number>('start');
    const idle = await connected({ server, clients, port, subscribers, variety });
    if (contender.idle)
      return { ...idle, perSecond: NaN, cpu: NaN, executions: NaN, p50: NaN, p99: NaN, samples: undefined };
    const load = { server, clients, subscribers, seconds: plan.seconds };
    let number = await warmedUp(load);
    const few = await oneByOne(load, number);
    number += few.changes;
    const many = await asFastAsTheyAreTold(load, number, few.each);
    return { ...idle, ...few.latencies, ...many, samples: sorted(await clients.ask('samples')) };
  } finally {
    await Promise.all([clients.end(), server.end()]);
  }
}

interface Load {
  readonly server: Server;
  readonly clients: Clients;
  readonly subscribers: number;
  readonly seconds: number;
}

/** Makes the subscribers, and finds out what one of them costs while nothing happens. */
async function connected({
  server,
  clients,
  port,
  subscribers,
  variety,
}: Omit<Load, 'seconds'> & { readonly port: number; readonly variety: Variety }) {
  const before = await server.ask<Memory>('memory');
  await within(
    patience.begin,
    clients.ask({ connect: { port, subscribers, variety } }),
    'subscribers connect',
  );
  const ends = now() + patience.begin;
  for (;;) {
    const reading = await server.ask<Reading>('reading');
    // Rejects where one of them was refused.
    await clients.ask('samples');
    if (reading.subscribers >= subscribers) break;
    if (now() > ends)
      throw new Error(`only ${reading.subscribers} of ${subscribers} subscriptions have begun`);
    await pause(50);
  }
  // What begins has not begun to listen everywhere.
  await pause(500);
  const after = await server.ask<Memory>('memory');
  return {
    idle: (after.heap - before.heap) / subscribers,
    resident: (after.resident - before.resident) / subscribers,
  };
}

/** Gives the number of the next change. */
async function warmedUp({ server, clients }: Load): Promise<number> {
  const ends = now() + patience.warmUp;
  let number = 1;
  for (; number <= warmUp && (number <= 2 || now() < ends); number++) {
    await server.ask({ publish: number });
    await within(patience.last, clients.ask({ heard: number }), `change ${number} is heard`);
  }
  return number;
}

async function oneByOne({ server, clients, seconds }: Load, from: number) {
  const commits: number[] = [];
  const began = now();
  const ends = began + seconds * 1000;
  while (commits.length < 3 || now() < ends) {
    const number = from + commits.length;
    commits.push(await server.ask<number>({ publish: number }));
    await within(patience.last, clients.ask({ heard: number }), `change ${number} is heard`);
  }
  const each = now() - began;
  const latencies = await clients.ask<Latencies>({ latencies: { from, commits } });
  return { changes: commits.length, each: each / commits.length, latencies };
}

/** `each` is the milliseconds that one takes. */
async function asFastAsTheyAreTold(
  { server, clients, subscribers, seconds }: Load,
  from: number,
  each: number,
) {
  const before = await server.ask<Reading>('reading');
  const began = now();
  const ends = began + seconds * 1000;
  let next = from;
  let last = began;
  const publishing = async (): Promise<void> => {
    while (now() < ends) {
      const number = next++;
      const heard = clients.ask<number>({ heard: number });
      await Promise.all([server.ask({ publish: number }), heard]);
      last = Math.max(last, await heard);
    }
  };
  const atATime = Math.floor(window.milliseconds / each);
  const length = Math.min(window.most, Math.max(window.least, atATime));
  const all = Promise.all(Array.from({ length }, publishing));
  await within(seconds * 1000 + patience.last, all, 'the last change is heard');
  const after = await server.ask<Reading>('reading');
  const changes = next - from;
  return {
    perSecond: (changes * subscribers * 1000) / (last - began),
    cpu: (after.cpu - before.cpu) / (changes * subscribers),
    executions: (after.executions - before.executions) / changes,
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

async function within<T>(milliseconds: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it took more than ${milliseconds / 1000} s until ${what}`)),
      milliseconds,
    );
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** In the order of their texts, so that samples can be compared. */
const sorted = (samples: readonly unknown[]): readonly unknown[] =>
  [...samples].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

function medians(found: readonly Row[]): readonly Row[] {
  const groups = Map.groupBy(found, (one) => `${one.subscribers} ${one.variety} ${one.contender}`);
  return [...groups.values()].map((group) => {
    const middle = (name: keyof Figures) => median(group.map((one) => one[name]));
    return {
      ...(group[0] as Row),
      idle: middle('idle'),
      resident: middle('resident'),
      perSecond: middle('perSecond'),
      cpu: middle('cpu'),
      executions: middle('executions'),
      p50: middle('p50'),
      p99: middle('p99'),
    };
  });
}
