import type { Guard } from './guard.ts';
import type { Metrics } from './telemetry.ts';

/** Shows what the guards of this process know of their systems. */
export function showGuards(metrics: Metrics, guards: readonly Guard[]): void {
  const states = () => guards.map((guard) => guard.state());
  metrics.gauge('system_up', 'Whether calls to the system are let through.', ['system'], () =>
    states().map(({ system, circuit }) => [{ system }, circuit === 'open' ? 0 : 1] as const),
  );
  metrics.gauge('system_calls', 'Calls to the system.', ['system', 'state'], () =>
    states().flatMap(({ system, running, queued }) => [
      [{ system, state: 'running' }, running] as const,
      [{ system, state: 'queued' }, queued] as const,
    ]),
  );
}
