/** A secret that signs what is sent. */
export interface Secret {
  readonly secret: string;
  /** Until when it signs, ISO 8601 in UTC; null for the current one. */
  readonly until: string | null;
}

/** Milliseconds for which a secret signs beside its successor. */
const overlap = 24 * 3600 * 1000;
/** Secrets that sign at a time, at most. */
const most = 5;

/** The secrets once a fresh one is the current one; those before sign for a day longer, each from its own end on. Pure. */
export function rotated(secrets: readonly Secret[], fresh: string, now: number): readonly Secret[] {
  const until = new Date(now + overlap).toISOString();
  const former = signing(secrets, now).map((one) => ({ ...one, until: one.until ?? until }));
  return [{ secret: fresh, until: null }, ...former].slice(0, most);
}

/** Those that sign at a time, the current one first. Pure. */
export function signing(secrets: readonly Secret[], now: number): readonly Secret[] {
  return secrets.filter(({ until }) => until === null || Date.parse(until) > now);
}

/** When the last secret but the current one ends; null where only that one signs. Pure. */
export function formerUntil(secrets: readonly Secret[], now: number): string | null {
  const ends = signing(secrets, now).flatMap(({ until }) => until ?? []);
  return ends.sort().at(-1) ?? null;
}
