import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { runWrite } from '../../coordination/bulk/run.ts';
import type { Endpoint } from './bulk-endpoint.ts';

export const folder = mkdtempSync(join(tmpdir(), 'bulk-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
export function fileOf(lines: readonly (object | string)[], extension = 'ndjson'): string {
  const file = join(folder, `${++files}.${extension}`);
  writeFileSync(
    file,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );
  return file;
}

export const change = (customer: string, employees: number) => ({
  customerId: customer,
  changes: { employees },
});
/** So many lines, each of another customer. */
export const lines = (count: number) => Array.from({ length: count }, (_, i) => change(`c${i + 1}`, i + 1));

/** Runs the command to its end: what it wrote, how it ended, and for how long it would have waited. */
export async function written(
  at: Endpoint,
  file: string,
  more: readonly string[] = [],
  signal?: AbortSignal,
) {
  const said = { out: '', err: '' };
  const pauses: number[] = [];
  const code = await runWrite(['--file', file, '--url', at.url, ...more], {
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
    signal: signal ?? new AbortController().signal,
    pause: (milliseconds) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
  });
  return { code, pauses, ...said };
}

export const employees = (at: Endpoint) => at.stored.map(({ changes }) => changes.employees);
export const ascending = (list: readonly unknown[]) =>
  [...list].sort((one, other) => Number(one) - Number(other));
export const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
