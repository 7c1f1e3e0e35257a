/** ISO 8601 in UTC, to the second, of unix seconds. */
export function instantOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/** The day in UTC of unix seconds. */
export function dayOf(seconds: number): string {
  return instantOf(seconds).slice(0, 10);
}

/** Unix seconds of an instant; of now without one. */
export function secondsOf(instant?: string): number {
  return Math.floor((instant === undefined ? Date.now() : Date.parse(instant)) / 1000);
}
