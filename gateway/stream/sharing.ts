import type { Body } from '../../runtime/streaming/running.ts';

/** Answers to events, each made once for all subscribers that may have the same. */
export interface Sharing {
  /** Joins those who have the same key, until `leave` is called; `make` gives the answer, for all of them, of the first. */
  join(key: string, make: Make): Shared;
}

export type Make = (event: unknown) => Promise<string> | string;

/** Those who have the same answers. */
export interface Shared {
  /** The answer that is known to this event, or a new one. */
  readonly answer: (event: unknown) => Promise<Body> | Body;
  leave(): void;
}

type Answers = Map<Shared, Promise<Body> | Body>;

/** Characters of answers, and milliseconds, after which older ones are forgotten; twice that is kept at most. */
const most = 8 * 1024 * 1024;
const longest = 10_000;

/**
 * Keeps answers by the event itself, for as long as subscribers are about in the same place. Whoever comes later has his
 * answer made anew: this only saves work, and must not grow with what nobody asks for again. What only one asks for is not
 * kept.
 */
export function createSharing(now: () => number = Date.now): Sharing {
  const all = new Map<string, { readonly shared: Shared; join(): void }>();
  let recent = new WeakMap<object, Answers>();
  let older = new WeakMap<object, Answers>();
  let kept = 0;
  let since = now();

  function keep(event: object, shared: Shared, answer: Promise<Body> | Body): void {
    if (kept > most || now() - since > longest) {
      older = recent;
      recent = new WeakMap();
      kept = 0;
      since = now();
    }
    const answers: Answers = recent.get(event) ?? new Map<Shared, Promise<Body> | Body>();
    recent.set(event, answers.set(shared, answer));
    kept += answer instanceof Promise ? 100 : 100 + answer.text.length;
  }

  function made(key: string, make: Make) {
    let members = 0;
    // Most ask for what the one before them has asked for.
    let last: { readonly event: unknown; readonly answer: Promise<Body> | Body } | undefined;

    const told = (event: object, answer: Promise<Body> | Body): void => {
      last = { event, answer };
      keep(event, shared, answer);
    };
    const shared: Shared = {
      answer(event) {
        if (last && last.event === event) return last.answer;
        if (typeof event !== 'object' || event === null || members < 2) return bodyOf(make(event));
        const known = recent.get(event)?.get(shared) ?? older.get(event)?.get(shared);
        if (known) {
          last = { event, answer: known };
          return known;
        }
        const answer = bodyOf(make(event));
        told(event, answer);
        // The next one is served without a promise.
        if (answer instanceof Promise)
          answer.then(
            (body) => {
              told(event, body);
            },
            () => undefined,
          );
        return answer;
      },
      leave() {
        members -= 1;
        if (members < 2) last = undefined;
        if (members === 0) all.delete(key);
      },
    };
    return {
      shared,
      join() {
        members += 1;
      },
    };
  }

  return {
    join(key, make) {
      const one = all.get(key) ?? made(key, make);
      all.set(key, one);
      one.join();
      return one.shared;
    },
  };
}

function bodyOf(text: Promise<string> | string): Promise<Body> | Body {
  return typeof text === 'string' ? { text } : text.then((settled) => ({ text: settled }));
}
