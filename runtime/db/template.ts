import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

const DIGEST_BYTES = 32;

/**
 * An initialised data directory, made once and kept: initialising costs seconds, unpacking a fraction of one.
 * A file that is damaged, cut short or of another version is made anew; where nothing can be written it is made each time.
 * @param folder where files are kept
 * @param name of the file; must change with everything that the content depends on
 */
export async function keptTemplate(
  folder: string,
  name: string,
  make: () => Promise<ArrayBuffer>,
): Promise<ArrayBuffer> {
  const path = join(folder, name);
  const kept = await readFile(path).then(unpack, () => undefined);
  if (kept) return kept;
  const made = await make();
  const content = zstdCompressSync(new Uint8Array(made));
  const temporary = `${path}.${process.pid}.${Date.now()}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(temporary, Buffer.concat([digest(content), content]), { mode: 0o600 });
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
  return made;
}

const digest = (content: Uint8Array): Buffer => createHash('sha256').update(content).digest();

function unpack(file: Buffer): ArrayBuffer | undefined {
  const content = file.subarray(DIGEST_BYTES);
  if (!digest(content).equals(file.subarray(0, DIGEST_BYTES))) return undefined;
  try {
    const { buffer, byteOffset, byteLength } = zstdDecompressSync(content);
    return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  } catch {
    return undefined;
  }
}
