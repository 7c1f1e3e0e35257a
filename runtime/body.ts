import type { IncomingMessage } from 'node:http';

/** Bytes beyond the limit that are read and thrown away, because most senders hear an answer at their end only. */
const patience = 16 * 1024 * 1024;

/**
 * A request's body, as it came; null where it has more than `limit` bytes: nothing of it is kept then, and before long the
 * connection is ended. Rejects where the sender goes away before the end.
 */
export async function bytesOf(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit + patience) return null;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > limit ? null : Buffer.concat(chunks);
}
