import type { Change, Draft, Fingerprints } from './change.ts';

/** What was last seen of a record. */
export interface Seen {
  readonly entityId: string;
  /** Null for a record that is gone. */
  readonly version: string | null;
  readonly fingerprints: Fingerprints;
  /** Position of the last change that was told of it; `0` where none was. */
  readonly toldPosition: string;
  /** Its version in that change. */
  readonly toldVersion: string | null;
  /** What brought that change. */
  readonly toldBy: Draft['source'] | null;
  /** The version that the last write of ours made. */
  readonly ownVersion: string | null;
}

/** A change without its place in the log. */
export type Told = Omit<Change, 'position' | 'at' | 'tags'>;

/**
 * What is to be done with a draft. `seen` is what is known of the record from then on; null where that is the same. ECHO is what a write of ours made,
 * seen again; with REREAD, or `reread`, the record must be read again: it was read before something newer was told of it.
 */
export type Verdict =
  | { readonly verdict: 'TOLD'; readonly told: Told; readonly seen: Seen; readonly reread: boolean }
  | { readonly verdict: 'ECHO' | 'UNCHANGED'; readonly seen: Seen | null }
  | { readonly verdict: 'REREAD' };

/** Decides whether what was seen of a record is a change, and of which attributes; `position` is the one it would get. */
export function decide(seen: Seen | null, draft: Draft, position: string): Verdict {
  if (draft.fate != null)
    return seen === null
      ? telling(null, draft, position, draft.fate, draft.written ?? [], {})
      : { verdict: 'UNCHANGED', seen: null };
  const known = seen !== null && !isGone(seen) ? seen : null;
  if (draft.fingerprints === null) {
    if (known === null) return { verdict: 'UNCHANGED', seen: null };
    if (isStale(known, draft)) return { verdict: 'REREAD' };
    return telling(known, draft, position, 'DELETED', valued(known.fingerprints), {});
  }
  const now = draft.fingerprints;
  if (draft.source === 'WRITE') {
    if (seen === null && draft.known)
      return telling(null, draft, position, 'UPDATED', draft.written ?? [], now);
    if (known !== null) return written(known, draft, now, position);
  }
  if (known !== null) return observed(known, draft, now, position);
  if (seen !== null && isStale(seen, draft)) return { verdict: 'REREAD' };
  // One that was there before anybody looked has not come into being.
  const kind = seen === null && draft.known ? 'UPDATED' : 'CREATED';
  return telling(seen, draft, position, kind, [...valued(now), ...draft.touched], now);
}

/** A write of ours. */
function written(seen: Seen, draft: Draft, now: Fingerprints, position: string): Verdict {
  const asked = draft.written ?? [];
  // What has no fingerprint is no part of the record, and cannot be compared.
  const set = asked.filter((name) => !(name in now) || differs(seen.fingerprints, now, name));
  // Nobody else came between: whatever else is different now, the owner derived from what was written.
  const ours = draft.foundVersion !== null && seen.version === draft.foundVersion;
  const all = ours ? [...set, ...differing(seen.fingerprints, now)] : set;
  const replaced = Object.entries(now).filter(([name]) => asked.includes(name));
  // What others changed meanwhile is left as it was seen: the feed tells of it, as not ours.
  const after = ours
    ? { ...seen.fingerprints, ...now }
    : { ...seen.fingerprints, ...Object.fromEntries(replaced) };
  const verdict = telling(seen, draft, position, 'UPDATED', [...all, ...draft.touched], after);
  if (ours || verdict.verdict === 'REREAD' || verdict.seen === null) return verdict;
  // And so that the next write does not take it for its own: what was seen in full is the version before.
  return { ...verdict, seen: { ...verdict.seen, version: seen.version } };
}

/** What the system itself says of a record. */
function observed(seen: Seen, draft: Draft, now: Fingerprints, position: string): Verdict {
  const others = differing(seen.fingerprints, now);
  const { touched } = draft;
  if (isStale(seen, draft)) {
    if (touched.length === 0) return others.length > 0 ? { verdict: 'REREAD' } : unchanged(seen, draft, null);
    // The values are out of date; that something was touched is true whenever it was seen.
    const same = { ...draft, version: seen.version };
    const verdict = telling(seen, same, position, 'UPDATED', touched, seen.fingerprints);
    if (verdict.verdict !== 'TOLD') return verdict;
    return { ...verdict, seen: { ...verdict.seen, toldBy: seen.toldBy }, reread: others.length > 0 };
  }
  if (others.length + touched.length > 0)
    return telling(seen, draft, position, 'UPDATED', [...others, ...touched], {
      ...seen.fingerprints,
      ...now,
    });
  const { entityId, version } = draft;
  const same = seen.version === version && seen.entityId === entityId;
  return unchanged(seen, draft, same ? null : { ...seen, entityId, version });
}

function unchanged(before: Seen, { version }: Draft, seen: Seen | null): Verdict {
  return { verdict: version !== null && version === before.ownVersion ? 'ECHO' : 'UNCHANGED', seen };
}

function telling(
  before: Seen | null,
  draft: Draft,
  position: string,
  kind: Change['kind'],
  attributes: readonly string[],
  fingerprints: Fingerprints,
): Verdict {
  const { source, entity, entityId, system, key, cause } = draft;
  const version = kind === 'DELETED' ? null : draft.version;
  const ownVersion = source === 'WRITE' ? version : (before?.ownVersion ?? null);
  const previousVersion = before?.toldVersion ?? null;
  if (kind === 'UPDATED' && attributes.length === 0) {
    const toldBy = before?.toldBy ?? null;
    const toldPosition = before?.toldPosition ?? '0';
    const toldVersion = previousVersion;
    const seen = { entityId, version, fingerprints, toldPosition, toldVersion, toldBy, ownVersion };
    return { verdict: 'UNCHANGED', seen };
  }
  const names = [...new Set(attributes)].sort();
  const told = { entity, entityId, kind, system, key, version, previousVersion, attributes: names, cause };
  const place = { toldPosition: position, toldVersion: version, toldBy: source };
  return {
    verdict: 'TOLD',
    told,
    seen: { entityId, version, fingerprints, ...place, ownVersion },
    reread: false,
  };
}

/** Whether a record was read before the last change that was told of it; a feed is in order in itself. */
function isStale({ toldPosition, toldBy }: Seen, { source, since }: Draft): boolean {
  if (source === 'WRITE' || since === null) return false;
  return BigInt(since) < BigInt(toldPosition) && !(source === 'FEED' && toldBy === 'FEED');
}

const isGone = ({ version, fingerprints }: Seen): boolean =>
  version === null && Object.keys(fingerprints).length === 0;

/** Attributes with a value: no value has the empty fingerprint. */
const valued = (fingerprints: Fingerprints): string[] =>
  Object.keys(fingerprints).filter((name) => fingerprints[name] !== '');

const differs = (before: Fingerprints, now: Fingerprints, name: string): boolean =>
  (before[name] ?? '') !== (now[name] ?? '');

/** Of what there is now: an attribute that is no longer told of has no other value for that. */
const differing = (before: Fingerprints, now: Fingerprints): string[] =>
  Object.keys(now).filter((name) => differs(before, now, name));
