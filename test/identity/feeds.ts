import type { Change, Feed, SystemName } from '../../identity/index.ts';

/** A record of a feed, with the stamp of its last modification. */
type Stamped = Change & { readonly at: number };

/**
 * A feed by stamp: inclusive, so that whatever has the cursor's stamp comes again. Pages never part equal stamps.
 * `calls` says from where it was asked.
 */
export function feedOf(system: SystemName, records: readonly Stamped[], pageSize = 3) {
  const calls: (string | null)[] = [];
  const feed: Feed = {
    system,
    changes: (since) => {
      calls.push(since);
      const rest = records.filter(({ at }) => at >= Number(since ?? 0)).sort((a, b) => a.at - b.at);
      const last = rest[pageSize - 1]?.at ?? rest.at(-1)?.at ?? Number(since ?? 0);
      // What is new has to fit as well, or a page of equal stamps would come for ever.
      const beyond = rest.find(({ at }) => at > Math.max(last, Number(since ?? 0)));
      const end = last > Number(since ?? -1) ? last : (beyond?.at ?? last);
      const changed = rest.filter(({ at }) => at <= end);
      return Promise.resolve({ changed, next: String(end), more: rest.length > changed.length });
    },
  };
  return { feed, calls };
}

/** Records of which four share each stamp, so that a page is never done within one. */
export function records(count: number): Stamped[] {
  return Array.from({ length: count }, (_, n) => ({
    key: `k${n}`,
    facts: { name: `Name ${n}` },
    at: 1 + Math.floor(n / 4),
  }));
}
