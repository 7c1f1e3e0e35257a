import type { Db } from '../../runtime/db/index.ts';
import type { Metrics } from '../../runtime/telemetry.ts';

/** Shows how long ago all copies were compared last. */
export function showSweeps(metrics: Metrics, db: Db): void {
  metrics.gauge(
    'drift_last_sweep_seconds',
    'Seconds since all copies of values were compared with their owners; absent where they never were.',
    [],
    async () => {
      const [row] = await db.query<{ seconds: number | null }>(
        `select extract(epoch from clock_timestamp() - ended_at)::float8 as seconds from coordination_drift_sweep`,
      );
      return row?.seconds == null ? [] : [[{}, row.seconds]];
    },
  );
}
