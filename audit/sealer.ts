import type { Db } from '../runtime/db/index.ts';
import { startRounds, type Rounds } from '../runtime/rounds.ts';
import type { Seal } from '../runtime/seal.ts';
import { isWaiting, sealBatch } from './chain.ts';
import type { Checkpoint, Pace } from './checkpoint.ts';
import type { CheckpointsFile } from './checkpoints-file.ts';
import { signIfDue } from './signing.ts';

export interface SealerOptions {
  readonly db: Db;
  /** Absent where nothing is signed. */
  readonly seal: Seal | undefined;
  /** Where checkpoints are kept outside the store; absent where they are not. */
  readonly file: CheckpointsFile | undefined;
  /** Told once that the chain is not the one that was signed: from then on nothing more is. */
  readonly alarm: (sentence: string) => void;
  /** Told of faults that no caller hears of; what was under way is taken up again. */
  readonly failed: (error: unknown) => void;
  readonly pace: SealerPace;
}

export interface SealerPace extends Pace {
  /** Milliseconds between two looks for entries, and between two looks whether to sign. */
  readonly interval: number;
  readonly signing: number;
  /** Entries that one transaction takes at most. */
  readonly batch: number;
}

/** Gives entries their places, and signs where the chain stands. */
export interface Sealer extends Rounds {
  /** Whether the chain is known not to be the one that was signed. */
  isBroken(): boolean;
}

/** Begins to seal, by whichever process; stopped, it seals and signs what is there by then. */
export function startSealer({ db, seal, file, alarm, failed, pace }: SealerOptions): Sealer {
  let known: Checkpoint | null = file?.last() ?? null;
  let broken = false;
  let looked = -Infinity;

  async function sealAll(stopped: () => boolean): Promise<void> {
    if (!(await isWaiting(db))) return;
    for (let more = true; more;) {
      const sealed = await sealBatch(db, pace.batch);
      // A process that is to end leaves a long queue to the next one.
      more = sealed === pace.batch && !stopped();
    }
  }

  async function sign(seal: Seal, last: boolean): Promise<void> {
    const found = await signIfDue(db, seal, known, last ? { ...pace, busy: 0 } : pace);
    if (found.broken !== null) {
      broken = true;
      alarm(found.broken);
      return;
    }
    known = found.last ?? known;
    await file?.follow(db);
  }

  const rounds = startRounds({
    async round(stopped) {
      await sealAll(stopped);
      if (!seal || broken || (!stopped() && performance.now() - looked < pace.signing)) return;
      await sign(seal, stopped());
      looked = performance.now();
    },
    failed,
    interval: pace.interval,
  });
  return { ...rounds, isBroken: () => broken };
}
