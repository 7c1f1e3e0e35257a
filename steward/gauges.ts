import type { Db } from '../runtime/db/index.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import { counts } from './items.ts';

/** Shows what waits for a person too long; how much does is one of the business's figures. */
export function showQueue(metrics: Metrics, db: Db): void {
  metrics.gauge(
    'work_items_overdue',
    'Work items that should have been decided by now.',
    ['kind'],
    async () => (await counts(db)).map(({ kind, overdue }) => [{ kind }, overdue] as const),
  );
  metrics.gauge(
    'work_item_oldest_seconds',
    'Age of the oldest work item that is not closed.',
    ['kind'],
    async () => (await counts(db)).map(({ kind, oldest }) => [{ kind }, oldest] as const),
  );
}
