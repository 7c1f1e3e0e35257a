import type { Metrics } from '../runtime/telemetry.ts';
import type { Records } from './records.ts';
import type { Worker } from './worker.ts';
import { lanes } from './write.ts';

/** Shows how writes stand: of this process's own, and of all that are open in the store. */
export function showWrites(metrics: Metrics, records: Records, worker: Worker): void {
  metrics.gauge('writes_held', 'Writes in the hands of this process.', ['kind'], () =>
    lanes.map((kind) => [{ kind }, worker.running()[kind]] as const),
  );
  metrics.gauge(
    'writes_open',
    'Writes that are not over, or wait for a person.',
    ['system', 'state'],
    async () => (await records.open()).map(({ system, state, count }) => [{ system, state }, count] as const),
  );
}
