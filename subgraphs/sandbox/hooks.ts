import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../../runtime/db/index.ts';
import type { Send } from '../../runtime/http.ts';
import { signedHeaders } from '../../runtime/signature.ts';
import type { Sandbox } from './api.ts';
import type { Happening } from './hook.ts';
import { settled } from './settled.ts';

export interface HooksOptions {
  readonly db: Db;
  readonly sandboxes: readonly Sandbox[];
  readonly send: Send;
  /** Milliseconds between two looks for what was done; 200 where absent. */
  readonly interval?: number;
}

/** Milliseconds for one answer, for which a sender has a hook to itself, and of the first and the longest pause. */
const [answerTimeout, lease, firstPause, longestPause] = [10_000, 60_000, 500, 60_000];
/** Milliseconds between two looks where there is no hook to send to. */
const idle = 1000;
/** Happenings that are looked at at a time. */
const page = 50;

interface Hook {
  readonly url: string;
  readonly secret: string;
  readonly sent: string;
  readonly failures: number;
}

/**
 * Sends what is done in sandboxes to their hooks: after it is committed, in order, each at least once. A receiver that
 * does not answer 2xx gets the same message again, and the next ones after it.
 * @returns the way to stop
 */
export function startHooks({ db, sandboxes, send, interval = 200 }: HooksOptions): () => Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;

  /** Sends what there is; gives the milliseconds until the next look. */
  async function pass({ name, message }: Sandbox): Promise<number> {
    const [hook] = await db.query<Hook>(
      `update sandbox_hook set held_until = clock_timestamp() + $2::int * interval '1 millisecond'
       where name = $1 and due <= clock_timestamp() and (held_until is null or held_until < clock_timestamp())
       returning url, secret, sent, failures`,
      [name, lease],
    );
    if (!hook) return Math.max(interval, idle);
    const happenings = await happened(name, hook.sent);
    for (const happening of happenings) {
      const told = message(happening);
      if (told && !(await delivered(hook, name, happening, told))) {
        await postpone(name, hook.failures + 1);
        return interval;
      }
      await db.query('update sandbox_hook set sent = greatest(sent, $2), failures = 0 where name = $1', [
        name,
        happening.seq,
      ]);
    }
    await db.query('update sandbox_hook set held_until = null where name = $1', [name]);
    return happenings.length === page ? 0 : interval;
  }

  async function happened(name: string, after: string): Promise<readonly Happening[]> {
    const some = `from sandbox_history where entity like $1 and seq > $2`;
    const entity = `${name}\\_%`;
    // Writers are only waited for where there is something.
    if ((await db.query(`select 1 ${some} limit 1`, [entity, after])).length === 0) return [];
    const { seq } = await settled(db, name);
    return db.query<Happening>(
      `select seq, at, entity, key, kind, version, body ${some} and seq <= $3 order by seq limit $4`,
      [entity, after, seq, page],
    );
  }

  async function delivered(
    { url, secret }: Hook,
    name: string,
    { seq }: Happening,
    message: object,
  ): Promise<boolean> {
    const body = JSON.stringify(message);
    const signed = signedHeaders([secret], { id: `msg_${name}_${seq}`, at: new Date(), body });
    const headers = { 'content-type': 'application/json', ...signed };
    try {
      const { status } = await send('POST', new URL(url), headers, body, { timeout: answerTimeout, signal });
      return status >= 200 && status < 300;
    } catch {
      return false;
    }
  }

  async function postpone(name: string, failures: number): Promise<void> {
    const pause = Math.min(longestPause, firstPause * 2 ** Math.min(failures - 1, 20));
    await db.query(
      `update sandbox_hook set held_until = null, failures = $2,
         due = clock_timestamp() + $3::int * interval '1 millisecond' where name = $1`,
      [name, failures, Math.round(pause * (0.5 + Math.random() / 2))],
    );
  }

  const stopped = () => signal.aborted;
  async function run(sandbox: Sandbox): Promise<void> {
    while (!stopped()) {
      // A store that fails is asked again: nothing was marked as sent.
      const pause = await pass(sandbox).catch(() => interval);
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  const runs = sandboxes.map(run);
  return async () => {
    ended.abort();
    await Promise.all(runs);
  };
}
