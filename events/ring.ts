/** The last so many of what is counted without a gap. */
export interface Ring<T> {
  /** The number of the newest. */
  readonly last: () => number;
  /** Takes the next one. */
  readonly push: (item: T) => void;
  /** Whether everything after this number is at hand. */
  readonly reaches: (number: number) => boolean;
  /** The one that follows this number; undefined where there is none, or it is no longer at hand. */
  readonly after: (number: number) => T | undefined;
  /** Forgets everything, and goes on after this number. */
  readonly restart: (last: number) => void;
}

/** A ring that begins after a number, and is empty. */
export function createRing<T>(size: number, start: number): Ring<T> {
  const items = new Array<T | undefined>(size);
  let [floor, last] = [start, start];
  return {
    last: () => last,
    push(item) {
      last++;
      items[last % size] = item;
      floor = Math.max(floor, last - size);
    },
    reaches: (number) => number >= floor,
    after: (number) => (number >= floor && number < last ? items[(number + 1) % size] : undefined),
    restart(number) {
      items.fill(undefined);
      [floor, last] = [number, number];
    },
  };
}
