/** Keeps the values that were asked for last, up to `limit`, and makes those it does not have. */
export interface Cache<V> {
  get(key: string, make: () => V): V;
  readonly size: number;
}

export function lru<V>(limit: number): Cache<V> {
  const entries = new Map<string, { readonly value: V }>();
  return {
    get(key, make) {
      const known = entries.get(key);
      if (known) {
        // A map keeps the order of insertion: the first key is the one not asked for the longest.
        entries.delete(key);
        entries.set(key, known);
        return known.value;
      }
      const value = make();
      entries.set(key, { value });
      if (entries.size > limit) {
        const [oldest] = entries.keys();
        if (oldest !== undefined) entries.delete(oldest);
      }
      return value;
    },
    get size() {
      return entries.size;
    },
  };
}
