import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** Files that the bundled page is made of, relative to this folder. */
export const inputs: readonly string[] = [
  'package.json',
  'package-lock.json',
  ...readdirSync(join(folder, 'src')).map((name) => `src/${name}`),
].sort();

/** A digest of what the page is bundled from; the committed bundle is current when `dist/inputs` says the same. */
export function inputsDigest(): string {
  const hash = createHash('sha256');
  for (const name of inputs) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
