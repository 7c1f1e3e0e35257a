import { createReadStream, existsSync } from 'node:fs';
import { appendFile, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Queryable } from '../runtime/db/index.ts';
import { Failure } from '../runtime/failure.ts';
import { storedAfter, type Checkpoint } from './checkpoint.ts';

/** Checkpoints outside the store, a line of JSON each: whoever rebuilds the store cannot rebuild these. */
export interface CheckpointsFile {
  /** The last one in it; null where it is empty. */
  last(): Checkpoint | null;
  /** Adds what the store has beyond it. */
  follow(db: Queryable): Promise<void>;
}

const shape = z.object({
  epoch: z.string(),
  number: z.int().positive(),
  position: z.string().regex(/^\d{1,18}$/),
  hash: z.string(),
  at: z.iso.datetime(),
  keyId: z.string(),
  signature: z.string(),
});

/** Checkpoints that are added at a time. */
const batch = 1_000;
/** Bytes in which the last whole line of a file is found. */
const tail = 4_096;

/**
 * Opens the file that is to be added to, or begins it.
 * @throws Failure INVALID_CONFIGURATION where it cannot be read or written
 */
export async function openCheckpointsFile(path: string): Promise<CheckpointsFile> {
  let { checkpoint: last, torn } = await endOf(path).catch((cause: unknown) => {
    const sentence = 'AUDIT_CHECKPOINTS_FILE names a file that cannot be read and written.';
    throw new Failure('INVALID_CONFIGURATION', sentence, { cause });
  });
  return {
    last: () => last,
    async follow(db) {
      for (;;) {
        const added = await storedAfter(db, last?.number ?? 0, batch);
        const newest = added.at(-1);
        if (!newest) return;
        const lines = added.map((checkpoint) => `${JSON.stringify(checkpoint)}\n`).join('');
        // A line that was cut off by a crash is left as it is, and said again.
        await appendFile(path, torn ? `\n${lines}` : lines, { flush: true });
        [last, torn] = [newest, false];
      }
    },
  };
}

/** All checkpoints of a file in order; what is no checkpoint is left out, and so shows as a gap in their numbers. */
export async function* checkpointsIn(path: string): AsyncGenerator<Checkpoint, void> {
  if (!existsSync(path)) throw new Failure('NOT_FOUND', `There is no file ${path}.`);
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  for await (const line of lines) {
    const checkpoint = checkpointIn(line);
    if (checkpoint) yield checkpoint;
  }
}

async function endOf(path: string): Promise<{ checkpoint: Checkpoint | null; torn: boolean }> {
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const length = Math.min(tail, size);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString();
    const found = text
      .split('\n')
      .map(checkpointIn)
      .findLast((checkpoint) => checkpoint !== null);
    return { checkpoint: found ?? null, torn: size > 0 && !text.endsWith('\n') };
  } finally {
    await file.close();
  }
}

function checkpointIn(line: string): Checkpoint | null {
  try {
    return shape.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
