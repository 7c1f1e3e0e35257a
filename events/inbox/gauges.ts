import type { Queryable } from '../../runtime/db/index.ts';
import type { Metrics } from '../../runtime/telemetry.ts';

/** Shows what waits to be read again in the store, and what nobody knows. */
export function showInbox(metrics: Metrics, db: Queryable): void {
  const waiting = () =>
    db.query<{ system: string; count: string; oldest: number; failing: string }>(
      `select system, count(*) as count, count(*) filter (where attempts > 0) as failing,
         extract(epoch from clock_timestamp() - min(hinted_at))::float8 as oldest
       from events_inbox group by system`,
    );
  metrics.gauge(
    'events_inbox_waiting',
    'Records that are to be read again, because they may have changed.',
    ['system', 'state'],
    async () =>
      (await waiting()).flatMap(({ system, count, failing }) => [
        [{ system, state: 'due' }, Number(count) - Number(failing)] as const,
        [{ system, state: 'failing' }, Number(failing)] as const,
      ]),
  );
  metrics.gauge(
    'events_inbox_oldest_seconds',
    'Age of the oldest hint whose record was not read yet.',
    ['system'],
    async () => (await waiting()).map(({ system, oldest }) => [{ system }, oldest] as const),
  );
  metrics.gauge(
    'events_unknown_records',
    'Records that somebody told of, that nobody knows and that do not exist.',
    ['system'],
    async () =>
      (
        await db.query<{ system: string; count: string }>(
          'select system, count(*) as count from events_unknown group by system',
        )
      ).map(({ system, count }) => [{ system }, Number(count)] as const),
  );
}
