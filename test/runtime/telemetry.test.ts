import { expect, test } from '@jest/globals';
import { createLogger, createMetrics, type Logger } from '../../runtime/telemetry.ts';

const recorded = (json: boolean): { log: Logger; lines: string[] } => {
  const lines: string[] = [];
  return { lines, log: createLogger({ level: 'info', json, write: (line) => lines.push(line) }) };
};

test('a line is JSON for machines, with its correlation id, and secrets are masked at any depth', () => {
  const { log, lines } = recorded(true);
  log.debug('Too little.');
  log
    .with({ correlationId: 'c-1' })
    .warn('It is so.', { system: 'crm', headers: { Authorization: 'Bearer x' }, token: 'x' });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'warn',
    message: 'It is so.',
    correlationId: 'c-1',
    system: 'crm',
    headers: { Authorization: '(secret)' },
    token: '(secret)',
  });
});

test('a line is readable for people, and no value can forge another line', () => {
  const { log, lines } = recorded(false);
  log.info('Started.', { port: 4000, name: 'x\n12:00:00.000 error Forged.' });
  log.error('Failed.', { error: new Error('outer', { cause: new Error('inner') }) });
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} info {2}Started\. port=4000 name=x 12:00:00\.000 error Forged\.\n$/,
  );
  expect(lines[1]).toMatch(/ error Failed\.\n {4}Error: outer\n/);
  expect(lines[1]).toContain('\n    because of\n    Error: inner\n');
});

test('metrics are printed for Prometheus, and a gauge is read when asked', async () => {
  const metrics = createMetrics();
  const count = metrics.counter('calls_total', 'Calls.', ['system', 'outcome']);
  const took = metrics.histogram('call_seconds', 'Time of calls.', ['system'], [0.1, 1]);
  let open = 1;
  metrics.gauge('circuits_open', 'Open circuits.', ['system'], () =>
    open > 0 ? [[{ system: 'erp' }, open]] : [],
  );
  count({ system: 'crm', outcome: 'ok' });
  count({ system: 'crm', outcome: 'ok' }, 2);
  took({ system: 'crm' }, 0.5);
  const text = await metrics.text();
  expect(text).toContain('calls_total{system="crm",outcome="ok"} 3\n');
  expect(text).toContain('call_seconds_bucket{le="1",system="crm"} 1\n');
  expect(text).toContain('circuits_open{system="erp"} 1\n');
  expect(text).toContain('process_cpu_seconds_total');
  open = 0;
  expect(await metrics.text()).not.toContain('circuits_open{');
});
