import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Change } from './change.ts';

/** Entries that Redis keeps, about: for processes that were away for a moment. */
const kept = 100_000;
/** Entries of one answer. */
const page = 500;
/** Milliseconds that one question waits for something new. */
const block = 2_000;
/** Milliseconds after which a command has failed, and between two tries. */
const patience = 1_000;
const rest = 200;
/** Changes that may be on their way to Redis: what is beyond that is read from the log by those who miss it. */
const backlog = 10_000;

/** Changes on their way between the processes of one log: a short cut, never the truth, and nothing is lost without it. */
export interface Relay {
  /** Gives changes that were just told to all processes; never waits, and never fails. */
  publish(changes: readonly Change[]): void;
  /** Whether what others publish arrives here. */
  arrives(): boolean;
  /** Gives what arrives to `offer` until it is closed; `at` is the last change that is known here. */
  receive(at: () => number, offer: (changes: readonly Change[]) => Promise<void>, lost: () => void): void;
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly url: string;
  /** Of the log: each has a stream of its own. */
  readonly epoch: string;
  /** Told in a plain sentence when Redis is gone, and when it is back. */
  readonly notice: (line: string) => void;
}

/**
 * A relay over Redis Streams. An entry has its change's position as its id, so that Redis itself keeps their order. It opens
 * without Redis as well, and finds it as soon as it is there.
 */
export async function openRelay({ url, epoch, notice }: RelayOptions): Promise<Relay> {
  const stream = `customer-graph:${epoch}:events`;
  const closing = new AbortController();
  const closed = (): boolean => closing.signal.aborted;
  const common = {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    connectTimeout: patience,
    retryStrategy: (tries: number) => Math.min(rest * tries, 2_000),
  };
  const writer = new Redis(url, { ...common, commandTimeout: patience });
  const reader = new Redis(url, { ...common, socketTimeout: 3 * block });
  let present: boolean | undefined;
  let arriving = false;
  let underWay = 0;

  const seen = (now: boolean): void => {
    if (present === now || closed()) return;
    // At the start it is no news that it is there.
    if (present !== undefined || !now)
      notice(
        now
          ? 'Redis is back: changes go by it again.'
          : 'Redis does not answer: changes go by the database alone until it does; nothing is lost.',
      );
    present = now;
  };
  for (const one of [writer, reader]) {
    for (const gone of ['error', 'close'])
      one.on(gone, () => {
        seen(false);
      });
  }
  reader.on('ready', () => {
    seen(true);
  });
  await Promise.allSettled([writer.connect(), reader.connect()]);

  async function add(changes: readonly Change[]): Promise<void> {
    const pipeline = writer.pipeline();
    for (const change of changes)
      pipeline.xadd(stream, 'MAXLEN', '~', kept, `${change.position}-0`, 'change', JSON.stringify(change));
    const answers = (await pipeline.exec()) ?? [];
    if (answers.some(([error]) => error)) await mend(Number(changes.at(-1)?.position));
  }

  /** What was refused was there already, or the stream is of a log that had been longer: it is begun anew. */
  async function mend(newest: number): Promise<void> {
    const [last] = await writer.xrevrange(stream, '+', '-', 'COUNT', 1);
    if (last && positionIn(last[0]) > newest) await writer.del(stream);
  }

  async function ask(at: number): Promise<readonly Change[]> {
    if (reader.status !== 'ready') throw new Error('Redis is not there');
    const answer = await reader.xread('COUNT', page, 'BLOCK', block, 'STREAMS', stream, `${at}-0`);
    const [[, entries] = ['', []]] = answer ?? [];
    return entries.map(([id, fields]) => changeIn(id, fields));
  }

  return {
    publish(changes) {
      if (writer.status !== 'ready' || underWay + changes.length > backlog) return;
      underWay += changes.length;
      add(changes)
        .catch(() => undefined)
        .finally(() => {
          underWay -= changes.length;
        });
    },
    arrives: () => arriving,
    receive(at, offer, lost) {
      const receiving = async (): Promise<void> => {
        while (!closed()) {
          const before = at();
          try {
            const changes = await ask(before);
            arriving = true;
            await offer(changes);
            if (changes.length === 0 || at() > before) continue;
          } catch {
            if (arriving && !closed()) lost();
            arriving = false;
          }
          await pause(rest, undefined, { signal: closing.signal }).catch(() => undefined);
        }
      };
      void receiving();
    },
    close() {
      closing.abort();
      writer.disconnect();
      reader.disconnect();
      return Promise.resolve();
    },
  };
}

function positionIn(id: string): number {
  return Number(id.split('-')[0]);
}

/** @throws Error where the entry is none of ours */
function changeIn(id: string, fields: readonly string[]): Change {
  const change = JSON.parse(fields[1] ?? '') as Change | null;
  if (change?.position !== String(positionIn(id))) throw new Error(`the entry ${id} is no change`);
  return change;
}

/** What a Redis server says of itself; rejects where it does not answer in time, or does not let this user in. */
export async function lookAtRedis(url: string): Promise<{ version: string; eviction: string }> {
  const client = new Redis(url, {
    ...{ lazyConnect: true, maxRetriesPerRequest: 0, enableOfflineQueue: false },
    ...{ connectTimeout: patience, commandTimeout: patience, retryStrategy: () => null },
  });
  // Told by the promise of the connection as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const text = await client.info();
    const of = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? 'unknown';
    return { version: of('redis_version'), eviction: of('maxmemory_policy') };
  } finally {
    client.disconnect();
  }
}
