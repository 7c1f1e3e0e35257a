/** Keeps the values that were asked for last, up to `limit`. */
export interface Cache<V> {
  /** The value, made where it is not there. */
  get(key: string, make: () => V): V;
  /** The value, or undefined where it is not there. */
  known(key: string): V | undefined;
  keep(key: string, value: V): void;
  readonly size: number;
}

export function lru<V>(limit: number): Cache<V> {
  const entries = new Map<string, { readonly value: V }>();

  function found(key: string): { readonly value: V } | undefined {
    const entry = entries.get(key);
    if (!entry) return undefined;
    // A map keeps the order of insertion: the first key is the one not asked for the longest.
    entries.delete(key);
    entries.set(key, entry);
    return entry;
  }
  function keep(key: string, value: V): void {
    entries.delete(key);
    entries.set(key, { value });
    if (entries.size <= limit) return;
    const [oldest] = entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
  }

  return {
    get(key, make) {
      const entry = found(key);
      if (entry) return entry.value;
      const value = make();
      keep(key, value);
      return value;
    },
    known: (key) => found(key)?.value,
    keep,
    get size() {
      return entries.size;
    },
  };
}
