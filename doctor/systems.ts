import { createGuard } from '../runtime/guard.ts';
import type { Db } from '../runtime/db/index.ts';
import type { systems } from '../subgraphs/index.ts';
import { fail, ok, type Found } from './finding.ts';

/** Milliseconds for one answer. */
const patience = 5_000;
const notAsked = () => Promise.reject(new Error('The end of a feed is nobody’s record.'));

/** Asks a system that this process has for the end of its feed, which reads and changes nothing. */
export async function systemOf({ name, open, sandbox }: (typeof systems)[number], db: Db): Promise<Found> {
  const system = open(sandbox(db).wire, {
    guard: createGuard({
      ...{ system: name, concurrency: 1, queue: 1, attempts: 1 },
      breaker: { failures: 1, openFor: patience },
    }),
    crossing: {
      seesAll: () => true,
      keysOf: notAsked,
      idOf: notAsked,
      everOf: notAsked,
      link: notAsked,
      unlink: notAsked,
    },
    fingerprint: () => '',
    site: null,
  });
  try {
    await system.feed.now(AbortSignal.timeout(patience));
    return ok('its sandbox answers');
  } catch {
    return fail('its sandbox does not answer', 'Start the graph once, which makes what it stands on.');
  }
}
