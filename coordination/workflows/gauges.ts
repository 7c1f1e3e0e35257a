import type { Metrics } from '../../runtime/telemetry.ts';
import type { Reads } from './reads.ts';

/** Shows how workflows stand. */
export function showWorkflows(metrics: Metrics, reads: Pick<Reads, 'open'>): void {
  metrics.gauge(
    'workflows_open',
    'Workflows that are not over, by stage.',
    ['kind', 'state', 'stage'],
    async () =>
      (await reads.open()).map(({ kind, state, stage, count }) => [{ kind, state, stage }, count] as const),
  );
}
