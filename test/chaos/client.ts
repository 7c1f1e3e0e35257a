import { setTimeout as pause } from 'node:timers/promises';
import type { Draws } from '../../subgraphs/seed/population/draws.ts';
import type { Told } from './claims.ts';
import type { Fleet } from './fleet.ts';
import type { Answer, Questions } from './messages.ts';
import type { Submission } from './workload.ts';

export interface ClientOrder {
  readonly fleet: Pick<Fleet, 'pick'>;
  readonly submissions: readonly Submission[];
  /** Submissions under way at the same time. */
  readonly concurrency: number;
  readonly draws: Draws;
  /** Resolves when the submission with this index may be sent. */
  readonly mayBeSent: (index: number) => Promise<void>;
  /** Told how many have their answer. */
  readonly answered: (count: number) => void;
}

/** Milliseconds after which an answer is not waited for any longer. */
const patience = 15_000;
/** Tries of one submission, each of which may meet a worker that dies. */
const tries = 60;
/** Milliseconds between two of them. */
const breath = 50;

/** Asks whichever worker there is until one answers; what is asked has its own key, and counts once. */
export function askAgain(fleet: Pick<Fleet, 'pick'>) {
  async function once<Q extends 'submit' | 'onboard'>(question: Q, given: Questions[Q]['given']) {
    const member = await fleet.pick();
    const over = new AbortController();
    return Promise.race([
      member.ask(question, given),
      pause(patience, 'none in time', { signal: over.signal }),
    ])
      .catch((error: unknown) => String(error))
      .finally(() => {
        over.abort();
      });
  }

  return async <Q extends 'submit' | 'onboard'>(
    question: Q,
    given: Questions[Q]['given'],
  ): Promise<Answer> => {
    let last = '';
    for (let tried = 0; tried < tries; tried++) {
      const answer = await once(question, given);
      if (typeof answer !== 'string') return answer;
      last = answer;
      await pause(breath);
    }
    throw new Error(`${given.key} got no answer in ${tries} tries; the last was: ${last}`);
  };
}

/** Sends every submission until it has an answer, always with its own key; some once more after that. */
export async function insist(order: ClientOrder): Promise<readonly Told[]> {
  const { fleet, submissions, concurrency, draws, mayBeSent, answered } = order;
  const told: Told[] = [];
  const waiting = submissions.values();
  const ask = askAgain(fleet);
  let clock = 0;

  async function lane(): Promise<void> {
    for (const submission of waiting) {
      await mayBeSent(submission.index);
      const sent = ++clock;
      const first = await ask('submit', submission);
      const at = ++clock;
      const again = draws.chance(0.1) ? await ask('submit', submission) : first;
      told.push({
        submission,
        sent,
        answered: at,
        ids: [first, again].flatMap((answer) => ('id' in answer ? [answer.id] : [])),
        refusals: 'refusals' in first ? first.refusals : [],
      });
      answered(told.length);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, lane));
  return told;
}
