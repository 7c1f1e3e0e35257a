import type { Db } from '../../runtime/db/index.ts';
import type { Metrics } from '../../runtime/telemetry.ts';
import type { Delivery } from './endpoint.ts';

/** Shows how endpoints stand; gives what is to be told of each attempt of this process. */
export function showEndpoints(metrics: Metrics, db: Db): (delivery: Delivery) => void {
  metrics.gauge('webhooks', 'Endpoints that are told of changes.', ['state'], async () => {
    const rows = await db.query<{ state: string; count: number }>(
      'select state, count(*)::int as count from events_webhook group by state',
    );
    return rows.map(({ state, count }) => [{ state }, count] as const);
  });
  metrics.gauge(
    'webhook_longest_failing_seconds',
    'How long the endpoint that has failed longest has been failing.',
    [],
    async () => {
      const [row] = await db.query<{ seconds: number }>(
        `select coalesce(max(extract(epoch from clock_timestamp() - failing_since)), 0)::float8 as seconds
         from events_webhook where state = 'ACTIVE'`,
      );
      return [[{}, row?.seconds ?? 0] as const];
    },
  );
  const count = metrics.counter('webhook_attempts_total', 'Attempts to deliver something to an endpoint.', [
    'outcome',
  ]);
  return ({ problem }) => {
    count({ outcome: problem ?? 'DELIVERED' });
  };
}
