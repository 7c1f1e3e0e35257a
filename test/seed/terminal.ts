import { readConfig } from '../../runtime/config.ts';

/** A terminal that remembers what was written. */
export function terminal(directory = 'never-opened') {
  const written = { out: '', err: '' };
  return {
    written,
    out: { write: (text: string) => (written.out += text) },
    err: { write: (text: string) => (written.err += text) },
    signal: new AbortController().signal,
    config: () => readConfig({ DATA_DIR: directory }),
  };
}
