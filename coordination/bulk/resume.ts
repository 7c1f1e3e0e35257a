import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../../runtime/failure.ts';
import type { Open } from './outcomes.ts';
import { ends, type Tally } from './report.ts';

/** What tells one run from another. */
export interface RunMark {
  readonly name: string;
  readonly url: string;
  /** The first bytes of the file, so many at most, and their SHA-256. What was appended since is gone on with. */
  readonly beginning: { readonly bytes: number; readonly hash: string };
}

/** How far a run has come. */
export interface Snapshot {
  /** All rows up to this one are accepted or refused. */
  readonly through: number;
  readonly beyond: readonly number[];
  readonly tally: Tally;
  readonly open: readonly Open[];
  /** Bytes of the file of refused rows. */
  readonly rejected: number;
}

const whole = z.number().int().nonnegative();
const reason = z.object({ code: z.string(), attribute: z.string().nullable(), message: z.string() });
const stored = z.object({
  version: z.literal(1),
  run: z.object({
    name: z.string(),
    url: z.string(),
    beginning: z.object({ bytes: whole, hash: z.string() }),
  }),
  through: whole,
  beyond: z.array(whole),
  tally: z.object({
    ...{ accepted: whole, replayed: whole, refused: whole },
    ended: z.record(z.enum(ends), whole),
    troubles: z.array(z.object({ line: whole, id: z.string(), end: z.enum(ends), causes: z.array(reason) })),
  }),
  open: z.array(
    z.object({ line: whole, id: z.string(), customer: z.string(), acceptedAt: z.iso.datetime() }),
  ),
  rejected: whole,
});

/** Bytes at the beginning of a file by which it is recognised. */
const recognised = 65_536;

export async function beginningOf(file: string, most = recognised): Promise<RunMark['beginning']> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, 0);
  return {
    bytes: bytesRead,
    hash: createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex'),
  };
}

/**
 * How far an earlier run of the same file came; null where there was none.
 * @throws Failure BAD_USER_INPUT where the resume file is of another run, or cannot be used
 */
export async function readSnapshot(
  resumeFile: string,
  { file, name, url }: { readonly file: string; readonly name: string; readonly url: string },
): Promise<Snapshot | null> {
  const text = await readFile(resumeFile, 'utf8').catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
      return null;
    throw refused(`${resumeFile} cannot be read`, error);
  });
  if (text === null) return null;
  const snapshot = parsed(text);
  if (snapshot === undefined) throw refused(`${resumeFile} is not what a run has left`);
  const { run, ...rest } = snapshot;
  const { hash } = await beginningOf(file, run.beginning.bytes);
  if (hash !== run.beginning.hash)
    throw refused(`${resumeFile} was left by a run of another file than ${file}`);
  if (run.name !== name) throw refused(`${resumeFile} was left by a run with the name "${run.name}"`);
  if (run.url !== url) throw refused(`${resumeFile} was left by a run against ${run.url}`);
  return rest;
}

function parsed(text: string): z.infer<typeof stored> | undefined {
  try {
    return stored.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function refused(what: string, cause?: unknown): Failure {
  const advice =
    'name another one by --resume-file, or remove it to begin anew: what is written is not written twice';
  return new Failure('BAD_USER_INPUT', `${what}; ${advice}.`, { cause });
}

/** Milliseconds between two writings of the file while a run goes on. */
const interval = 1000;

/** Keeps the resume file of a run. */
export interface Keeper {
  /** Writes it now and then: what is not in it when the process is killed is sent again, and found to be there. */
  touch(): Promise<void>;
  /** Writes it now. */
  save(): Promise<void>;
  /** Takes it away: everything is done. */
  remove(): Promise<void>;
}

/** @param flush what has to be on disk before the snapshot is */
export function keepResume(
  resumeFile: string,
  run: RunMark,
  { snapshot, flush }: { readonly snapshot: () => Snapshot; readonly flush: () => Promise<void> },
): Keeper {
  let writing = Promise.resolve();
  let last = performance.now();

  async function write(): Promise<void> {
    const state = JSON.stringify({ version: 1, run, ...snapshot() });
    await flush();
    const next = `${resumeFile}.next`;
    try {
      await using handle = await open(next, 'w');
      await handle.writeFile(state);
      await handle.sync();
    } catch (cause) {
      const sentence = `${resumeFile} cannot be written; give --resume-file a file in a folder that can.`;
      throw new Failure('BAD_USER_INPUT', sentence, { cause });
    }
    await rename(next, resumeFile);
  }

  const save = () => (writing = writing.then(write));
  return {
    save,
    async touch() {
      if (performance.now() - last < interval) return;
      last = performance.now();
      await save();
    },
    async remove() {
      await writing;
      await rm(resumeFile, { force: true });
    },
  };
}
