import { Failure } from './failure.ts';

export interface KeySetOptions<Keys> {
  /** Gets the text of the set; rejects where it cannot be had. */
  readonly load: () => Promise<string>;
  /** Reads it; throws where it is none. */
  readonly read: (text: string) => Keys;
  /** Told why the keys could not be had; those that are known go on counting. */
  readonly failed: (fault: unknown) => void;
  readonly now?: () => number;
}

/**
 * The keys of one issuer, kept. They are the same object for as long as they are the same keys.
 */
export interface KeySet<Keys> {
  /** The keys that are known; undefined before the first ones. Looks for new ones behind the scenes when it is time. */
  readonly latest: () => Keys | undefined;
  /**
   * Keys that are not older than ten minutes, or, where none can be had, those that were known last.
   * Rejects with a Failure SYSTEM_UNAVAILABLE where there are none, or none of the last day.
   */
  readonly current: () => Promise<Keys>;
  /** For a key that is not known: asked for anew, but not again within ten seconds. */
  readonly renewed: () => Promise<Keys>;
}

const second = 1000;
/** When new keys are looked for behind the scenes, and when they are waited for. */
const [renewal, patience] = [300 * second, 600 * second];
/** How long keys count that cannot be renewed: a day's outage of an issuer is nobody's attack. */
const longest = 86_400 * second;
/** Between two attempts: names of keys may be made up by whoever likes. */
const pause = 10 * second;

export function keySet<Keys>({ load, read, failed, now = Date.now }: KeySetOptions<Keys>): KeySet<Keys> {
  let known: { readonly text: string; readonly keys: Keys; readonly since: number } | undefined;
  let tried = -Infinity;
  let trying: Promise<void> | undefined;

  const age = (): number => (known ? now() - known.since : Infinity);

  /** One attempt at a time, and none too soon; what goes wrong is told and leaves everything as it was. */
  function attempt(): Promise<void> {
    if (trying) return trying;
    if (now() - tried < pause) return Promise.resolve();
    tried = now();
    trying = load()
      .then((text) => {
        known = { text, keys: known?.text === text ? known.keys : read(text), since: now() };
      })
      .catch(failed)
      .finally(() => {
        trying = undefined;
      });
    return trying;
  }

  function usable(): Keys {
    if (known && age() < longest) return known.keys;
    throw new Failure('SYSTEM_UNAVAILABLE', 'Tokens cannot be verified at the moment; try again later.', {
      retryAfter: pause / second,
    });
  }

  return {
    latest() {
      if (age() >= renewal) void attempt();
      return known?.keys;
    },
    async current() {
      if (age() >= patience) await attempt();
      else if (age() >= renewal) void attempt();
      return usable();
    },
    async renewed() {
      await attempt();
      return usable();
    },
  };
}
