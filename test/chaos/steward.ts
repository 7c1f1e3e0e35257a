import { setTimeout as pause } from 'node:timers/promises';
import type { Draws } from '../../subgraphs/seed/population/draws.ts';
import { askAgain } from './client.ts';
import type { Fleet } from './fleet.ts';
import { lateBy } from './furnish.ts';
import { sayingOf, type Newcomer } from './newcomers.ts';
import type { Admitted } from './onboarded.ts';
import type { Onboarding } from './said.ts';

export interface StewardOrder {
  readonly fleet: Pick<Fleet, 'pick'>;
  readonly newcomers: readonly Newcomer[];
  readonly draws: Draws;
  /** Resolves when the newcomer with this index may be sent. */
  readonly mayBeSent: (index: number) => Promise<void>;
}

/** Somebody who asks for new customers, and answers what is asked about them. */
export interface Steward {
  /** Asks for all of them until each has an answer. */
  admit(): Promise<readonly Admitted[]>;
  /** How many onboardings are neither over nor left alone. */
  open(): Promise<number>;
  /** Answers nothing any more. */
  leave(): Promise<void>;
}

/** Newcomers that are asked for at the same time. */
const concurrency = 6;
/** Milliseconds between two looks at the onboardings. */
const breath = 100;

export function startSteward({ fleet, newcomers, draws, mayBeSent }: StewardOrder): Steward {
  const byId = new Map<string, Newcomer>();
  const waiting = newcomers.values();
  const ask = askAgain(fleet);
  const left = new AbortController();
  const asked = new Map<string, number>();
  let said = 0;

  /** What is to be said of those that are open: a worker that dies meanwhile is asked next time. */
  async function look(): Promise<void> {
    for (const { standing, saying } of toSay(await standings())) {
      if (saying.say === 'RETRY' && !hasWaited(standing)) continue;
      const member = await fleet.pick();
      await member.ask('say', { ...saying, id: standing.id, key: `said-${++said}` }).catch(() => null);
    }
  }

  /** Whether whatever was late has come since the question was seen first. */
  function hasWaited({ id }: Onboarding): boolean {
    const first = asked.get(id) ?? performance.now();
    asked.set(id, first);
    return performance.now() - first > 2 * lateBy;
  }

  async function standings(): Promise<readonly Onboarding[]> {
    return (await fleet.pick()).ask('onboardings', 'OPEN');
  }

  function toSay(open: readonly Onboarding[]) {
    return open.flatMap((standing) => {
      const newcomer = byId.get(standing.id);
      const saying = newcomer && sayingOf(newcomer, standing);
      return saying ? [{ standing, saying }] : [];
    });
  }

  async function attend(): Promise<void> {
    while (!left.signal.aborted) {
      await look().catch(() => undefined);
      await pause(breath);
    }
  }
  const attending = attend();

  async function lane(admitted: Admitted[]): Promise<void> {
    for (const newcomer of waiting) {
      await mayBeSent(newcomer.index);
      const first = await ask('onboard', newcomer);
      if ('id' in first) byId.set(first.id, newcomer);
      const again = draws.chance(0.2) ? await ask('onboard', newcomer) : first;
      admitted.push({
        newcomer,
        ids: [first, again].flatMap((answer) => ('id' in answer ? [answer.id] : [])),
        refusals: 'refusals' in first ? first.refusals : [],
      });
    }
  }

  return {
    async admit() {
      const admitted: Admitted[] = [];
      await Promise.all(Array.from({ length: concurrency }, () => lane(admitted)));
      return admitted;
    },
    async open() {
      const open = await standings();
      return open.filter(({ state }) => state === 'RUNNING').length + toSay(open).length;
    },
    async leave() {
      left.abort();
      await attending;
    },
  };
}
