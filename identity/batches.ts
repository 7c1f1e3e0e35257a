/** Entries that one statement carries at most, so that it stays below a few megabytes. */
const batchSize = 2000;

/** Cuts a long list into batches of at most 2,000. */
export function* batches<T>(entries: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < entries.length; at += batchSize) yield entries.slice(at, at + batchSize);
}
