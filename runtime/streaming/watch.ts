/** A connection on which streams are sent. */
export interface Watched {
  /** Bytes that wait to be sent. */
  waiting(): number;
  /** How many messages have gone out whole. */
  sent(): number;
  /** Called when it has taken nothing for too long while something waits. */
  slow(): void;
  /** Called every so often, to keep it alive or to find out that it is not. */
  ping(): void;
}

export interface Patience {
  /** Milliseconds that a connection may take nothing while something waits. */
  readonly slow: number;
  /** Milliseconds between pings. */
  readonly ping: number;
}

export interface Watch {
  /** Watches it until the result is called. */
  add(watched: Watched): () => void;
}

interface Seen {
  sent: number;
  /** When it last took something or had nothing to take. */
  taken: number;
  pinged: number;
}

/** Looks after all connections with one timer: one for each would cost more than an idle subscriber. */
export function createWatch({ slow, ping }: Patience, now: () => number = Date.now): Watch {
  const all = new Map<Watched, Seen>();
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    const at = now();
    for (const [watched, seen] of all) {
      const sent = watched.sent();
      if (watched.waiting() === 0 || sent !== seen.sent) {
        seen.sent = sent;
        seen.taken = at;
      } else if (at - seen.taken >= slow) {
        watched.slow();
        continue;
      }
      if (at - seen.pinged < ping) continue;
      seen.pinged = at;
      watched.ping();
    }
  };

  return {
    add(watched) {
      const at = now();
      all.set(watched, { sent: watched.sent(), taken: at, pinged: at });
      timer ??= setInterval(look, Math.max(10, Math.min(slow, ping) / 4)).unref();
      return () => {
        all.delete(watched);
        if (all.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
