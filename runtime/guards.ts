import type { Config } from './config.ts';
import { showGuards } from './gauges.ts';
import { createGuard, type Guard } from './guard.ts';
import type { Metrics } from './telemetry.ts';

/** A guard for each of these systems, as the configuration wants them, and shown. */
export function guardsOf(
  config: Config,
  systems: readonly string[],
  metrics: Metrics,
): ReadonlyMap<string, Guard> {
  const { systemConcurrency: concurrency, systemQueue: queue, readAttempts: attempts } = config;
  const breaker = { failures: config.breakerFailures, openFor: config.breakerOpenMs };
  const guards = new Map(
    systems.map((system) => [system, createGuard({ system, concurrency, queue, breaker, attempts })]),
  );
  showGuards(metrics, [...guards.values()]);
  return guards;
}
