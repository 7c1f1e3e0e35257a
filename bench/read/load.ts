/**
 * A load generator that costs little beside what it measures: plain sockets, one request under way on each. Bounded in
 * time, stops by itself. Only loopback addresses. Where a connection is closed between two requests, a new one is made.
 */
import { connect } from 'node:net';

export interface Load {
  readonly port: number;
  /** The n-th request, whole; see `requestOf`. */
  readonly request: (n: number) => string;
  readonly connections: number;
  readonly milliseconds: number;
}

export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds, sorted. */
  readonly latencies: Float64Array;
  /** Answers other than 200, with errors, or none at all. */
  readonly failures: number;
}

/** Milliseconds that the last answers may take when the time is up. */
const patience = 5000;

/** A request as text in which each character is one byte. By GET without a body. */
export function requestOf(port: number, path: string, body?: string): string {
  const head = `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json\r\n`;
  if (body === undefined) return `${head}\r\n`;
  const bytes = Buffer.from(body).toString('latin1');
  return `${head}content-type: application/json\r\ncontent-length: ${bytes.length}\r\n\r\n${bytes}`;
}

export async function run({ port, request, connections, milliseconds }: Load): Promise<Measured> {
  const latencies: number[] = [];
  let failures = 0;
  let sent = 0;
  const begin = performance.now();
  const end = begin + milliseconds;

  const connection = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let started = 0;
      let pending = '';
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      const late = setTimeout(() => socket.destroy(), milliseconds + patience);
      const next = (): void => {
        started = performance.now();
        if (started >= end) socket.destroy();
        else socket.write(request(sent++), 'latin1');
      };
      socket.setEncoding('latin1');
      socket.on('connect', next);
      socket.on('error', reject);
      socket.on('data', (chunk: unknown) => {
        pending = pending === '' ? String(chunk) : pending + String(chunk);
        const answer = whole(pending);
        if (answer === null) return;
        pending = pending.length === answer.length ? '' : pending.slice(answer.length);
        latencies.push(performance.now() - started);
        if (!answer.ok) failures += 1;
        next();
      });
      socket.on('close', () => {
        clearTimeout(late);
        if (performance.now() >= end + patience) failures += 1;
        if (performance.now() >= end) resolve();
        else connection().then(resolve, reject);
      });
    });

  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - begin) / 1000;
  return { requests: latencies.length, seconds, latencies: Float64Array.from(latencies).sort(), failures };
}

/** The length of the first complete answer in the text, or null. */
function whole(text: string): { readonly length: number; readonly ok: boolean } | null {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head < 4096 ? text.slice(0, head) : text)?.[1];
  const last = length === undefined ? text.indexOf('\r\n0\r\n\r\n', head) : -1;
  const total = length === undefined ? last + 7 : head + 4 + Number(length);
  if ((length === undefined && last < 0) || text.length < total) return null;
  const tail = text.slice(Math.max(head, total - 4096), total);
  return {
    length: total,
    ok: text.startsWith('HTTP/1.1 200') && !hasErrors(text, head) && !hasErrors(tail, 0),
  };
}

/** GraphQL servers put errors first or last: either way near an end. */
function hasErrors(text: string, from: number): boolean {
  return text.slice(from, from + 4096).includes('"errors":[');
}

/** The value below which `share` of sorted numbers are. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** The middle one of numbers in any order. */
export function median(values: readonly number[]): number {
  return percentile(Float64Array.from(values).sort(), 0.5);
}
