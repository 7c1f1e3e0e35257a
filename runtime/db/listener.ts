import { setTimeout as pause } from 'node:timers/promises';

/** A connection as listening needs it. */
export interface ListeningConnection {
  command(sql: string): Promise<void>;
  onNotification(heard: (channel: string, payload: string) => void): void;
  /** Called once, when the connection is over for whatever reason. */
  onEnd(ended: () => void): void;
  end(): Promise<void>;
}

type Heard = (payload: string) => void;

/** Longest pause between two attempts to connect again, in milliseconds. */
const LONGEST_PAUSE = 5_000;

/**
 * All listening of one process over one connection, made when the first listener comes and made again, with all its
 * channels, whenever it is lost. Every listener is then called with '', because something may have been missed.
 */
export function listening(connect: () => Promise<ListeningConnection>) {
  const listeners = new Map<string, Set<Heard>>();
  const closing = new AbortController();
  let connection: Promise<ListeningConnection> | undefined;

  const establish = async (): Promise<ListeningConnection> => {
    const made = await connect();
    made.onNotification((channel, payload) => {
      for (const heard of listeners.get(channel) ?? []) heard(payload);
    });
    try {
      for (const channel of listeners.keys()) await made.command(`listen "${channel}"`);
    } catch (error) {
      await made.end().catch(() => undefined);
      throw error;
    }
    made.onEnd(() => void recover());
    return made;
  };
  const recover = async (): Promise<void> => {
    for (let wait = 50; !closing.signal.aborted; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      try {
        connection = establish();
        await connection;
        for (const channel of listeners.values()) for (const heard of channel) heard('');
        return;
      } catch {
        const jittered = wait * (0.5 + Math.random() / 2);
        await pause(jittered, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      }
    }
  };
  const first = (): Promise<ListeningConnection> => {
    const made = establish();
    made.catch(() => (connection = undefined));
    return made;
  };

  return {
    async listen(channel: string, heard: Heard): Promise<() => Promise<void>> {
      const known = listeners.get(channel);
      const mine = known ?? new Set();
      mine.add(heard);
      listeners.set(channel, mine);
      const stop = (): Promise<void> => {
        mine.delete(heard);
        return Promise.resolve();
      };
      try {
        const current = await (connection ??= first());
        // Again, where the connection was made for this channel: harmless, and simpler than to know.
        if (!known) await current.command(`listen "${channel}"`);
        return stop;
      } catch (error) {
        await stop();
        listeners.delete(channel);
        throw error;
      }
    },
    async close(): Promise<void> {
      closing.abort();
      listeners.clear();
      await connection?.then((made) => made.end()).catch(() => undefined);
    },
  };
}
