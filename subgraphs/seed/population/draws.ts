/** Numbers that look random and are always the same for the same seed and index. */
export interface Draws {
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** True in `share` of all cases, 0 to 1. */
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of the entries, in proportion to their weights. */
  weighted<T>(list: readonly (readonly [T, weight: number])[]): T;
  /** Each `#` becomes a digit, each `@` a capital letter. */
  pattern(text: string): string;
}

/** Draws for one thing: `kind` keeps apart what is drawn for the same index. Small Fast Counter, 32 bit. */
export function drawsOf(seed: number, kind: number, index: number): Draws {
  let [a, b, c, counter] = [seed | 0, index | 0, Math.imul(kind, 0x9e3779b1), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  // The first values still show the seed.
  for (let round = 0; round < 12; round++) next();

  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    between,
    chance: (share) => next() < share,
    pick: (list) => chosen(list, between(0, list.length - 1)),
    weighted(list) {
      let left = next() * list.reduce((sum, [, weight]) => sum + weight, 0);
      const found = list.findIndex(([, weight]) => (left -= weight) < 0);
      return chosen(list, found)[0];
    },
    pattern: (text) =>
      text.replace(/[#@]/g, (sign) =>
        sign === '#' ? String(between(0, 9)) : String.fromCharCode(between(65, 90)),
      ),
  };
}

function chosen<T>(list: readonly T[], index: number): T {
  const one = list.at(index);
  if (one === undefined) throw new RangeError('There is nothing to choose from.');
  return one;
}
