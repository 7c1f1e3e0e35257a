import type { Db } from '../runtime/db/index.ts';
import type { Change } from './change.ts';
import type { Log } from './log.ts';
import { openRelay } from './redis.ts';
import { openTail, type Tail } from './tail.ts';

export interface ReaderOptions {
  readonly db: Db;
  readonly log: Log;
  /** Redis, by which changes go between processes; the database alone where it is absent. */
  readonly redisUrl?: string | undefined;
  /** Told in plain sentences what an operator should know. */
  readonly notice: (line: string) => void;
  readonly failed: (error: unknown) => void;
  /** Milliseconds between two looks of its own into the log. */
  readonly interval?: number;
}

/** The end of the log in this process, however it comes here. */
export interface Reader {
  readonly tail: Tail;
  /** Changes to which this process has just given their positions: nobody here need read them. */
  readonly told: (changes: readonly Change[]) => void;
  stop(): Promise<void>;
}

export async function openReader(options: ReaderOptions): Promise<Reader> {
  const { log, redisUrl, notice } = options;
  const { epoch } = await log.head();
  const relay = redisUrl === undefined ? undefined : await openRelay({ url: redisUrl, epoch, notice });
  const tail = await openTail({ ...options, served: () => relay?.arrives() === true }).catch(
    async (error: unknown) => {
      await relay?.close();
      throw error;
    },
  );
  relay?.receive(tail.position, tail.offer, () => void tail.look());
  return {
    tail,
    told(changes) {
      void tail.offer(changes);
      relay?.publish(changes);
    },
    async stop() {
      await relay?.close();
      await tail.stop();
    },
  };
}
