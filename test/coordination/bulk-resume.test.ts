import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { doneRows } from '../../coordination/bulk/done.ts';
import { readJson } from '../../coordination/bulk/line.ts';
import { emptyTally } from '../../coordination/bulk/report.ts';
import { sendRows } from '../../coordination/bulk/send.ts';
import type { Row } from '../../coordination/bulk/source.ts';
import { run } from '../house/run.ts';
import { ascending, change, employees, fileOf, folder, lines, upTo, written } from './bulk-command.ts';
import { endpoint, type Endpoint } from './bulk-endpoint.ts';

test('a run that is stopped goes on where it was: no line is sent twice, no refusal told twice', async () => {
  const stopping = new AbortController();
  const at: Endpoint = await endpoint({
    on({ changes }) {
      if (at.arrived.length === 30) stopping.abort();
      const refusals = [{ code: 'INVALID_VALUE', attribute: 'employees', message: 'Odd.' }];
      return Number(changes.employees) % 2 === 1 ? { refusals } : undefined;
    },
  });
  const file = fileOf(lines(100));
  const more = ['--rejects', `${file}.rejects`];
  const first = await written(at, file, more, stopping.signal);
  expect(first.code).toBe(130);
  expect(first.out).toMatch(/not over\.\nStopped; run the same command again to go on\.\n$/);
  expect(at.arrived.length).toBeLessThan(40);

  const second = await written(at, file, more);
  expect(second.code).toBe(2);
  expect(second.err).toMatch(
    /^Going on with an earlier run: \d+ accepted, \d+ refused so far; \d+ of those accepted are not over\./,
  );
  expect(second.out).toContain('100 lines: 50 accepted, 50 refused.\nOf those accepted: 50 succeeded.');
  expect(ascending(at.arrived.map(({ changes }) => changes.employees))).toEqual(upTo(100));
  const told = `${first.err}${second.err}`.match(/^line \d+: /gm) ?? [];
  expect(new Set(told).size).toBe(50);
  expect(told).toHaveLength(50);
  expect(readFileSync(`${file}.rejects`, 'utf8').trim().split('\n')).toHaveLength(50);
});

test('a run that is killed loses nothing, and what is sent again is sent under the same key', async () => {
  let reached: (() => void) | undefined;
  const half = new Promise<void>((resolve) => (reached = resolve));
  const at: Endpoint = await endpoint({
    on() {
      if (at.arrived.length === 60) reached?.();
      return undefined;
    },
  });
  const file = fileOf(lines(120));
  const cli = join(import.meta.dirname, '../../coordination/bulk/cli.ts');
  const killed = run(process.execPath, [cli, '--file', file, '--url', at.url], { cwd: folder });
  await half;
  expect((await killed.kill()).code).toBeNull();
  expect((await written(at, file)).code).toBe(0);
  expect(ascending(employees(at))).toEqual(upTo(120));
  expect(new Set(at.arrived.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(120);
});

test('what was appended to a file since a run was stopped is gone on with, another file is not', async () => {
  const stopping = new AbortController();
  const at = await endpoint({
    on() {
      stopping.abort();
      return undefined;
    },
  });
  const file = fileOf(lines(9));
  expect((await written(at, file, [], stopping.signal)).code).toBe(130);

  const refusedFor = async (sentence: string, more: readonly string[] = []) => {
    const { code, err } = await written(at, file, more);
    expect([code, err]).toEqual([1, expect.stringContaining(`${file}.resume was left by a run ${sentence}`)]);
  };
  await refusedFor('with the name', ['--name', 'other']);
  await refusedFor(`against ${at.url}`, ['--url', 'http://127.0.0.1:1/graphql']);
  const all = readFileSync(file, 'utf8');
  writeFileSync(file, all.replace('"c3"', '"d3"'));
  await refusedFor('of another file');
  writeFileSync(file, `${all}${JSON.stringify(change('c10', 10))}\n`);
  expect((await written(at, file)).code).toBe(0);
  expect(ascending(employees(at))).toEqual(upTo(10));
});

test('a server that lets nobody in ends the run with its reason, and what was accepted is kept', async () => {
  const forbidden = { errors: [{ message: 'Sign in.', extensions: { code: 'UNAUTHENTICATED' } }] };
  const at: Endpoint = await endpoint({ on: () => (at.arrived.length > 5 ? forbidden : undefined) });
  const file = fileOf(lines(50));
  const { code, err } = await written(at, file);
  expect(code).toBe(1);
  expect(err).toMatch(/^5 accepted, 0 refused; the same command goes on from there\.\n/);
  expect(err).toContain(`The server at ${at.url} refuses: UNAUTHENTICATED: Sign in.\n`);
  expect(JSON.parse(readFileSync(`${file}.resume`, 'utf8'))).toMatchObject({ tally: { accepted: 5 } });
});

test('with ten thousand accepted writes that are not over, half of them are waited for before more are sent', async () => {
  const events: string[] = [];
  const outcomes = {
    size: 10_000,
    open: () => [],
    add() {
      outcomes.size++;
    },
    settle(most: number) {
      events.push(`down to ${most}`);
      outcomes.size = most;
      return Promise.resolve();
    },
  };
  const write = { id: 'w', state: 'PENDING', acceptedAt: '2026-01-01T00:00:00Z', customer: { id: 'c' } };
  await sendRows(rowsOf(2), {
    ...{ outcomes, done: doneRows(), tally: emptyTally(), signal: new AbortController().signal },
    order: { name: 'n', concurrency: 4, wait: true },
    door: {
      ask() {
        events.push('sent');
        return Promise.resolve({
          data: { updateCustomer: { write, refusals: [], replayed: false } },
          errors: [],
        });
      },
    },
    refuse() {
      throw new Error('Nothing is to be refused.');
    },
    full: (open) => events.push(`${open} open`),
    observe: () => Promise.resolve(),
  });
  expect(events).toEqual(['10000 open', 'down to 5000', 'sent', 'sent']);
  expect(outcomes.size).toBe(5002);
});

async function* rowsOf(count: number): AsyncGenerator<Row> {
  for (const ordinal of upTo(count)) {
    const read = readJson(JSON.stringify(change(`c${ordinal}`, ordinal)));
    yield await Promise.resolve({ ordinal, line: ordinal, read, rejected: () => '' });
  }
}
