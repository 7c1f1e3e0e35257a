/** Answers to events, each made once for all subscribers that may have the same. */
export interface Sharing {
  /** The answer that is known under this key, or the one that `make` gives. */
  answer(event: unknown, key: string, make: () => Promise<string> | string): Promise<string> | string;
}

type Answers = Map<string, Promise<string> | string>;

/** Characters of answers, and milliseconds, after which older ones are forgotten; twice that is kept at most. */
const most = 8 * 1024 * 1024;
const longest = 10_000;

/**
 * Keeps answers by the event itself, for as long as subscribers are about in the same place. Whoever comes later has his
 * answer made anew: this only saves work, and must not grow with what nobody asks for again.
 */
export function createSharing(now: () => number = Date.now): Sharing {
  let recent = new WeakMap<object, Answers>();
  let older = new WeakMap<object, Answers>();
  let kept = 0;
  let since = now();

  function keep(event: object, key: string, answer: Promise<string> | string): void {
    if (kept > most || now() - since > longest) {
      older = recent;
      recent = new WeakMap();
      kept = 0;
      since = now();
    }
    const answers: Answers = recent.get(event) ?? new Map<string, Promise<string> | string>();
    recent.set(event, answers.set(key, answer));
    kept += key.length + 100;
    if (typeof answer === 'string') kept += answer.length;
    else {
      const settle = (body: string): void => {
        kept += body.length;
        // The next one is served without a promise.
        answers.set(key, body);
      };
      answer.then(settle, () => undefined);
    }
  }

  return {
    answer(event, key, make) {
      if (typeof event !== 'object' || event === null) return make();
      const known = recent.get(event)?.get(key) ?? older.get(event)?.get(key);
      if (known !== undefined) return known;
      const made = make();
      keep(event, key, made);
      return made;
    },
  };
}
