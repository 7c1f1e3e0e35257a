/** Which rows are done, in bounded memory: all up to one, and those of the few beyond it. */
export interface Done {
  add(ordinal: number): void;
  has(ordinal: number): boolean;
  /** All rows up to this one are done. */
  readonly through: number;
  /** Those beyond it, in ascending order. */
  beyond(): readonly number[];
}

export function doneRows(through = 0, beyond: readonly number[] = []): Done {
  const others = new Set(beyond);
  let last = through;
  return {
    add(ordinal) {
      if (ordinal > last) others.add(ordinal);
      while (others.delete(last + 1)) last++;
    },
    has: (ordinal) => ordinal <= last || others.has(ordinal),
    get through() {
      return last;
    },
    beyond: () => [...others].sort((one, other) => one - other),
  };
}
