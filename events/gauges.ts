import type { Db } from '../runtime/db/index.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import { waitingIn } from './waiting.ts';

/** Shows how the feed of the store stands. */
export function showEvents(metrics: Metrics, db: Db): void {
  metrics.gauge(
    'events_outbox_waiting',
    'What was captured and has no position yet; refused: what can never be told.',
    ['state'],
    async () => {
      const { waiting, refused } = await waitingIn(db);
      return [
        [{ state: 'waiting' }, waiting],
        [{ state: 'refused' }, refused],
      ];
    },
  );
  metrics.gauge(
    'events_outbox_oldest_seconds',
    'Age of what has waited for a position longest.',
    [],
    async () => {
      const { oldest } = await waitingIn(db);
      return oldest === null ? [] : [[{}, oldest]];
    },
  );
}
