import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, lstat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Bytes that `npm ci --omit=dev` puts on the disk: what running needs, in a folder of its own. */
export async function footprint(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-footprint-'));
  try {
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
      copyFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), join(folder, name));
    }
    const options = ['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await promisify(execFile)('npm', options, { cwd: folder, timeout: 600_000 });
    return await size(join(folder, 'node_modules'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function size(folder: string): Promise<number> {
  const sizes = (await readdir(folder, { withFileTypes: true })).map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? size(path) : (await lstat(path)).size;
  });
  return (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0);
}
