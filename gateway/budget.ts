/** What is left of one caller's budget, and when that was so. */
interface Bucket {
  readonly left: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly at: number;
}

/** What became of a wish to spend. */
export interface Spent {
  readonly granted: boolean;
  /** Left now, a whole number. */
  readonly left: number;
  /** Seconds until all of it is there again. */
  readonly fullIn: number;
  /** Seconds until there is enough; 0 where it was granted. */
  readonly retryAfter: number;
}

/** Seconds in which an empty budget fills up. */
export const window = 60;

/** A bucket that fills evenly up to `quota` within the window, and from which `cost` is taken where there is as much. */
export function spend(
  bucket: Bucket | undefined,
  cost: number,
  quota: number,
  now: number,
): { readonly bucket: Bucket; readonly spent: Spent } {
  const rate = quota / window;
  const filled = bucket ? bucket.left + (Math.max(0, now - bucket.at) / 1000) * rate : quota;
  const there = Math.min(quota, filled);
  const granted = cost <= there;
  const left = granted ? there - cost : there;
  return {
    bucket: { left, at: now },
    spent: {
      granted,
      left: Math.floor(left),
      fullIn: Math.ceil((quota - left) / rate),
      retryAfter: granted ? 0 : Math.ceil((cost - there) / rate),
    },
  };
}

/** Callers whose budgets are remembered, those that asked last; one that is forgotten begins anew. */
const remembered = 100_000;

/**
 * A budget for each caller, in this process.
 * @param quota cost that a caller may spend within the window
 */
export function createBudgets(quota: number, now: () => number = () => performance.now()) {
  const buckets = new Map<string, Bucket>();
  return (caller: string, cost: number): Spent => {
    const { bucket, spent } = spend(buckets.get(caller), cost, quota, now());
    // Behind the others: a map keeps the order of insertion.
    buckets.delete(caller);
    buckets.set(caller, bucket);
    const [oldest] = buckets.size > remembered ? buckets.keys() : [];
    if (oldest !== undefined) buckets.delete(oldest);
    return spent;
  };
}
