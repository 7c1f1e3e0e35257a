import type { Enrolment } from '../../identity/index.ts';
import type { Claim } from './claims.ts';
import type { Answer, Asked, Answered, Notice, Said, Trap, WorkerOrder } from './messages.ts';
import type { Newcomer } from './newcomers.ts';
import type { Onboarding } from './said.ts';
import type { Submission } from './workload.ts';

/** Takes in new customers. */
export interface Admitting {
  onboard(newcomer: Newcomer): Promise<Answer>;
  /** Says what a person says about an onboarding. */
  say(said: Said): Promise<void>;
  onboardings(which: 'OPEN' | 'ALL'): Promise<readonly Onboarding[]>;
}

/** What is put to the test: one worker of a coordination layer. */
export interface Subject extends Admitting {
  enrol(enrolments: readonly Enrolment[]): Promise<void>;
  submit(submission: Submission): Promise<Answer>;
  /** Writes that are not at their end, copies included. */
  open(): Promise<number>;
  claims(): Promise<readonly Claim[]>;
  /** Queues that are not as their writes are; none where there are no queues. */
  lame(): Promise<readonly string[]>;
}

/** Passed at every boundary between two statements that touch the world. */
export type Failpoint = (name: string) => Promise<void>;

/** Makes this process a worker of the run: does what it is asked until it is killed or its starter is gone. */
export async function serveSubject(
  open: (order: WorkerOrder, failpoint: Failpoint) => Promise<Subject>,
): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
  const passed = new Set<string>();
  let trap: { readonly set: Trap; left: number } | null = null;

  async function failpoint(name: string): Promise<void> {
    if (!passed.has(name)) {
      passed.add(name);
      await say({ notice: 'boundary', name });
    }
    if (!trap?.set.at.includes(name)) return;
    if (trap.left-- > 0) return;
    const { how } = trap.set;
    trap = null;
    await say({ notice: 'snapped', name });
    process.kill(process.pid, how);
  }

  process.once('disconnect', () => process.exit());
  const subject = await open(order, failpoint);

  async function answerTo({ question, given }: Asked) {
    switch (question) {
      case 'enrol':
        await subject.enrol(given as readonly Enrolment[]);
        return null;
      case 'submit':
        return subject.submit(given as Submission);
      case 'onboard':
        return subject.onboard(given as Newcomer);
      case 'say':
        await subject.say(given as Said);
        return null;
      case 'onboardings':
        return subject.onboardings(given as 'OPEN' | 'ALL');
      case 'open':
        return subject.open();
      case 'claims':
        return subject.claims();
      case 'lame':
        return subject.lame();
      case 'arm': {
        const set = given as Trap;
        trap = { set, left: set.skip };
        return null;
      }
    }
  }

  process.on('message', (asked: Asked) => {
    const { number } = asked;
    answerTo(asked).then(
      (answer) => say({ number, answer }),
      (error: unknown) => say({ number, failed: error instanceof Error ? error.message : String(error) }),
    );
  });
  await say({ notice: 'ready' });
}

/** Resolves when it is on its way: what follows may end this process. */
function say(message: Answered | Notice): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => {
      resolve();
    });
  });
}
