import type { Body } from './running.ts';

/**
 * A message of graphql-transport-ws with an answer, as a WebSocket sends it, without its end: the end is the id of the
 * operation, in which alone the messages of those differ who are told the same. Made once for all whose ends are equally
 * long, because the length is said first.
 */
export function frameOf(body: Body, end: number): Buffer {
  if (last?.body === body && last.end === end) return last.frame;
  const known = frames.get(body) ?? new Map<number, Buffer>();
  if (known.size === 0) frames.set(body, known);
  const frame = known.get(end) ?? made(body.text, end);
  known.set(end, frame);
  last = { body, end, frame };
  return frame;
}

/** The end of the messages of one operation. */
export const endOf = (id: string): Buffer => Buffer.from(`,"id":${JSON.stringify(id)}}`);

const frames = new WeakMap<Body, Map<number, Buffer>>();
let last: { readonly body: Body; readonly end: number; readonly frame: Buffer } | undefined;

const begin = '{"type":"next","payload":';
/** A whole message of text, not masked, as servers send them. */
const TEXT = 0x81;

function made(text: string, end: number): Buffer {
  const payload = begin.length + Buffer.byteLength(text);
  const length = payload + end;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + payload);
  frame[0] = TEXT;
  frame[1] = head === 2 ? length : head === 4 ? 126 : 127;
  if (head === 4) frame.writeUInt16BE(length, 2);
  if (head === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(begin, head, 'latin1');
  frame.write(text, head + begin.length);
  return frame;
}
