import { setTimeout as pause } from 'node:timers/promises';
import { lru } from '../../runtime/cache.ts';
import type { Trusted } from './document.ts';

export interface RegisterOptions {
  /** Those that are always known. */
  readonly own: readonly Trusted[];
  /** Looks keys up where others publish; rejects where that cannot be reached. */
  readonly find: (keys: readonly string[]) => Promise<readonly Trusted[]>;
  readonly now?: () => number;
}

/** Trusted documents by key, which is an id or a form. */
export interface Register {
  /**
   * The document, at once where it is known; undefined where there is none. What is not known is looked up, so that what
   * others publish is known here within two seconds; what they withdraw is no longer after a minute.
   */
  get(key: string): Trusted | undefined | Promise<Trusted | undefined>;
}

/** Milliseconds between two looks: whoever asks for what there is not gives the store no more work than that. */
const between = 100;
/** Milliseconds for which a key that means nothing is not looked up again. */
const coolDown = 1000;
/** Milliseconds for which a document that was found is not looked up again. */
const fresh = 60_000;
/** Keys of one look, and keys that are remembered. */
const [most, remembered] = [1000, 10_000];

interface Known {
  found: Trusted | undefined;
  /** When it was looked up; never for one of our own. */
  at: number;
}

export function createRegister({ own, find, now = () => performance.now() }: RegisterOptions): Register {
  const always = new Map(own.flatMap((one) => [[one.id, one] as const, [one.form, one] as const]));
  const known = lru<Known>(remembered);
  let last: Promise<unknown> = Promise.resolve();
  let next: { readonly keys: Set<string>; readonly found: Promise<readonly Trusted[]> } | undefined;

  /** The next look: begins when the last is over and some time has passed, and takes all keys that came until then. */
  function lookFor(key: string): Promise<readonly Trusted[]> {
    if (!next) {
      const keys = new Set<string>();
      const found = last.then(() => {
        next = undefined;
        return find([...keys]);
      });
      next = { keys, found };
      const pausing = (): Promise<unknown> => pause(between, undefined, { ref: false });
      last = found.then(pausing, pausing);
    }
    const { keys, found } = next;
    if (keys.size < most) keys.add(key);
    return found;
  }

  async function look(key: string, one: Known): Promise<Trusted | undefined> {
    let all: readonly Trusted[];
    try {
      all = await lookFor(key);
    } catch (cause) {
      // What was good a minute ago is good while nobody can be asked.
      if (one.found) return one.found;
      throw cause;
    }
    one.found = all.find(({ id, form }) => id === key || form === key);
    one.at = now();
    return one.found;
  }

  return {
    get(key) {
      const ours = always.get(key);
      if (ours) return ours;
      const one = known.get(key, () => ({ found: undefined, at: -Infinity }));
      return now() - one.at < (one.found ? fresh : coolDown) ? one.found : look(key, one);
    },
  };
}
