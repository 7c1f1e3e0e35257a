import type { Fingerprinter } from '../events/index.ts';
import { settledIn } from './audited.ts';
import { copiesOf, isToCopy } from './copies.ts';
import type { Held, Journal, Settled } from './journal.ts';
import type { Examination, Participant, ParticipantCall } from './participant.ts';
import { decide, evolve, takenOver, type Action } from './saga.ts';
import { undoVerdict, type SagaEvent, type Tolerance } from './step.ts';
import { toldOf, untold } from './told.ts';
import { effective, isOpen, type Step, type Write } from './write.ts';

/** Every place between two statements that touch the world, where a process may end. */
export const boundaries = [
  'accepted',
  'claimed',
  'examined',
  'journalled',
  'called',
  'probed',
  'undo found',
  'undone',
  'let go',
  'finished',
] as const;
export type Boundary = (typeof boundaries)[number];

export interface DriveOptions {
  readonly journal: Journal;
  readonly participants: ReadonlyMap<string, Participant>;
  readonly tolerance: Omit<Tolerance, 'now'>;
  /** Milliseconds for one call to an owner; less than a lease, so that nothing is sent after its end. */
  readonly callTimeout: number;
  /** What the audit keeps of values. */
  readonly fingerprint: Fingerprinter;
  /** Told that an effect was captured for the change feed. */
  readonly captured?: (() => void) | undefined;
  /** Called at each boundary; what it throws ends the drive as the end of the process would. */
  readonly at: (boundary: Boundary) => void | Promise<void>;
}

/** A write in the hands of this process, and what its calls share. */
export interface Driven extends Held {
  readonly takenOver: boolean;
  readonly memo: ParticipantCall['memo'];
}

/** A write as a drive has left it, on disk. */
export interface Left extends Pick<Settled, 'settledAt' | 'followed'> {
  readonly write: Write;
  /** Whether copies of what it has changed are kept. */
  readonly copied: boolean;
}

/**
 * Takes a held write as far as it goes: to its end, to a pause, or until another worker has it. All decisions are those
 * of the saga; here is only what touches the world. Resolves to the write as it was left.
 */
export async function drive(driven: Driven, options: DriveOptions): Promise<Left> {
  const { journal, participants, at, callTimeout } = options;
  const { memo } = driven;
  let held: Held = driven;
  let left = { settledAt: null as string | null, followed: false, copied: false };
  let stored: Write = driven.write;
  let write: Write = driven.takenOver ? takenOver(stored) : stored;

  const now = (): number => Date.now() + held.ahead;
  const happened = (event: SagaEvent): void => {
    write = evolve(write, event, { ...options.tolerance, now: now() });
  };

  /** Stores what has changed since; false where another worker holds the write by now. */
  async function settle(state: Write['state'], wait: number | null): Promise<boolean> {
    const over = state !== 'RUNNING' && state !== 'COMPENSATING';
    const told = toldOf(driven.write, write.steps);
    const audited = settledIn(driven.write, { ...write, state }, stored.steps, options.fingerprint);
    const copied = write.steps.filter((step) => isToCopy(step, write.mode === 'EACH' || over));
    const steps = write.steps.map((step) =>
      untold(copied.includes(step) ? { ...step, copied: step.state === 'APPLIED' } : step),
    );
    const copies = copiesOf(driven.write, copied);
    const kept = await journal.settle(held, {
      state,
      steps: steps.filter((step, i) => step !== stored.steps[i]),
      open: steps.filter(isOpen).map(({ system }) => system),
      wait,
      copies,
      told,
      audited,
    });
    if (!kept) return false;
    if (told.length > 0) options.captured?.();
    held = kept;
    const { settledAt, followed } = kept;
    left = { settledAt, followed: left.followed || followed, copied: left.copied || copies.length > 0 };
    stored = write = { ...write, steps, state };
    return true;
  }

  /** Whether there is time for another call before the lease ends; takes a new lease where there is not. */
  async function mayCall(): Promise<boolean> {
    const left = held.leaseEnds - performance.now();
    return left > callTimeout * 2.5 || (left > 0 && (await settle(write.state, null)));
  }

  async function inParallel(ordinals: readonly number[], work: (step: Step) => Promise<void>): Promise<void> {
    await Promise.all(write.steps.filter(({ ordinal }) => ordinals.includes(ordinal)).map(work));
  }

  const call = (): ParticipantCall => ({
    correlationId: write.correlationId,
    traceparent: write.traceparent,
    timeout: callTimeout,
    memo,
  });
  const examine = (step: Step, asked: Pick<Examination, 'changes' | 'restore' | 'validate'>) => {
    const { entity, entityId } = write;
    const participant = participants.get(step.system);
    return participant
      ? participant.examine({ entity, entityId, kind: step.kind, ...mergeOf(step), ...asked }, call())
      : Promise.resolve(null);
  };
  const apply = async (step: Step, undo: boolean) => {
    const { entity, entityId, id } = write;
    const participant = participants.get(step.system);
    if (!participant || !step.before) return missing;
    const order = {
      entity,
      entityId,
      ...mergeOf(step),
      wireKey: `${id}.${step.ordinal}.${step.generation}${undo ? '.undo' : ''}`,
      ifVersion: (undo ? step.versionAfter : null) ?? step.before.version,
    };
    const outcome = await participant.apply(
      undo && step.kind === 'CREATE'
        ? { ...order, kind: 'WITHDRAW', changes: {} }
        : {
            ...order,
            kind: step.kind,
            changes: effective(step),
            ...(undo ? { restore: step.before.restore } : {}),
          },
      call(),
    );
    if (outcome.status === 'LATER' && outcome.retryAfter) {
      await journal.pause(step.system, outcome.retryAfter * 1000);
    }
    return outcome;
  };

  /** What is known of the records, and that they may change from now on, is on disk before a call may change them. */
  async function mayChange(): Promise<boolean> {
    if (write.steps !== stored.steps && !(await settle(write.state, null))) return false;
    await at('journalled');
    return mayCall();
  }

  const look = (step: Step): ReturnType<typeof examine> =>
    examine(step, { changes: effective(step), restore: step.before?.restore, validate: false });

  /** Does what the saga has decided; false where the write is no longer in the hands of this process. */
  async function act(action: Action): Promise<boolean> {
    switch (action.do) {
      case 'EXAMINE':
        if (!(await mayCall())) return false;
        await inParallel(action.steps, async (step) => {
          const examined = await examine(step, { changes: step.changes, validate: true });
          happened({ type: 'EXAMINED', ordinal: step.ordinal, examined });
        });
        await at('examined');
        return true;
      case 'PROBE':
        if (!(await mayCall())) return false;
        await inParallel(action.steps, async (step) => {
          happened({ type: 'PROBED', ordinal: step.ordinal, examined: await look(step) });
        });
        await at('probed');
        return true;
      case 'APPLY':
        if (!(await mayChange())) return false;
        await inParallel(action.steps, async (step) => {
          happened({ type: 'CALLED', ordinal: step.ordinal, outcome: await apply(step, false) });
        });
        await at('called');
        return true;
      case 'UNDO':
        if (!(await mayChange())) return false;
        await inParallel(action.steps, async (step) => {
          const examined = await look(step);
          happened({ type: 'UNDO_PROBED', ordinal: step.ordinal, examined });
          await at('undo found');
          if (!examined?.found || undoVerdict(step, examined.found) !== 'SEND') return;
          happened({ type: 'UNDO_CALLED', ordinal: step.ordinal, outcome: await apply(step, true) });
        });
        await at('undone');
        return true;
      case 'WAIT':
        await settle(write.state, Math.max(0, action.until - now()));
        await at('let go');
        return false;
      case 'FINISH':
        await settle(action.state, null);
        await at('finished');
        return false;
    }
  }

  await at('claimed');
  while (await act(decide(write, now())));
  return { write: stored, ...left };
}

/** The records that a merge is about. */
function mergeOf({ merge }: Step): Pick<Examination, 'record' | 'from'> {
  return merge ? { record: merge.into, from: merge.from } : {};
}

const missing = {
  status: 'LATER',
  code: 'SYSTEM_UNAVAILABLE',
  message: 'No participant for this system is configured.',
} as const;
