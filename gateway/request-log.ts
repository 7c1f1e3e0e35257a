import type { Logger, Metrics } from '../runtime/telemetry.ts';
import type { Answered } from './server.ts';

/** One line and one observation for each answered request; never what was asked about whom. */
export function requestLog(logger: Logger, metrics: Metrics): (answered: Answered) => void {
  const buckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];
  const seconds = metrics.histogram(
    'graphql_request_seconds',
    'Time to answer a request.',
    ['kind', 'status'],
    buckets,
  );
  return ({ operation, status, took, fault, correlationId, method, code }) => {
    const kind = operation?.kind ?? 'none';
    seconds({ kind, status: String(status) }, took / 1000);
    const line = { kind, name: operation?.name, status, took: Math.round(took), correlationId, method, code };
    if (fault === undefined) logger.debug('Answered.', line);
    else logger.error('A request failed.', { ...line, error: fault });
  };
}
