/** Keeps writes and blows abreast of each other: every blow falls while there is something to be lost. */
export interface Pace {
  /** So many writes have their answer. */
  readonly answered: (count: number) => void;
  /** Resolves when the write with this index may be sent. */
  readonly mayBeSent: (index: number) => Promise<void>;
  /** Resolves when enough writes are answered for the blow with this index. */
  readonly mayFall: (index: number) => Promise<void>;
  /** So many blows are over. */
  readonly fallen: (count: number) => void;
}

/** Spreads the blows evenly over the writes; those before the next two blows may be sent. Pure but for its memory. */
export function paceOf(writes: number, blows: number): Pace {
  const share = writes / (blows + 1);
  const answers = milestones();
  const falls = milestones();
  return {
    answered: answers.reach,
    mayFall: (index) => answers.reached(Math.floor(share * index)),
    fallen: falls.reach,
    mayBeSent: (index) => falls.reached(Math.min(blows, Math.floor(index / share) - 1)),
  };
}

/** Lets others wait until a count has been reached. */
function milestones() {
  let now = 0;
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    reach: (count: number): void => {
      now = count;
      for (const one of waiting) if (one.count <= now) one.resolve();
      waiting = waiting.filter((one) => one.count > now);
    },
    reached: (count: number) =>
      new Promise<void>((resolve) => {
        if (count <= now) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}
