import type { PublicKeys } from '../runtime/seal.ts';
import type { Head, Row } from './chain.ts';
import { isSigned, type Checkpoint } from './checkpoint.ts';
import type { Fault } from './fault.ts';

/** Somebody who has checkpoints of a chain, in order, and compares them with it while it is walked through. */
export interface Witness {
  /** What contradicts these entries, which follow those before; null where nothing does. */
  heard(rows: readonly Row[], chain: Pick<Head, 'epoch'>): Promise<Fault | null>;
  /** What contradicts that the chain has come to here by now; null where nothing does. */
  ended(head: Head): Promise<Fault | null>;
  /** The last checkpoint that was compared. */
  last(): Checkpoint | null;
}

/**
 * @param checkpoints in the order of their numbers
 * @param whose where they are, to follow "a checkpoint of"
 */
export function witnessOf(
  checkpoints: AsyncIterator<Checkpoint, void>,
  keys: PublicKeys,
  whose: string,
): Witness {
  let next: Checkpoint | null | undefined;
  let last: Checkpoint | null = null;

  /** The next one that was not compared yet; what is said twice counts once. */
  async function peek(): Promise<Checkpoint | null> {
    while (next === undefined || (next && last && next.number <= last.number)) {
      const { value } = await checkpoints.next();
      next = value ?? null;
    }
    return next;
  }

  return {
    async heard(rows, { epoch }) {
      for (const { position, hash } of rows) {
        for (;;) {
          const checkpoint = await peek();
          if (!checkpoint || BigInt(checkpoint.position) > BigInt(position)) break;
          const fault =
            unfounded(checkpoint, { last, epoch, keys, whose }) ??
            (checkpoint.position === position && checkpoint.hash === hash
              ? null
              : otherwise(checkpoint, whose));
          if (fault) return fault;
          last = checkpoint;
        }
      }
      return null;
    },
    async ended({ position, epoch }) {
      const checkpoint = await peek();
      // What was signed of a chain that has grown meanwhile was not walked through.
      if (!checkpoint || BigInt(checkpoint.position) <= BigInt(position)) return null;
      return unfounded(checkpoint, { last, epoch, keys, whose }) ?? cutOff(checkpoint, whose);
    },
    last: () => last,
  };
}

interface Bearing {
  readonly last: Checkpoint | null;
  readonly epoch: string;
  readonly keys: PublicKeys;
  readonly whose: string;
}

/** Why a checkpoint proves nothing, whatever it says; null where it does. */
function unfounded(checkpoint: Checkpoint, { last, epoch, keys, whose }: Bearing): Fault | null {
  const { number, keyId, position } = checkpoint;
  const expected = (last?.number ?? 0) + 1;
  const fault = (sentence: string): Fault => ({ position, sentence });
  if (number !== expected) return fault(`Checkpoint ${expected} of ${whose} is missing.`);
  if (checkpoint.epoch !== epoch) return fault(`Checkpoint ${number} of ${whose} is of another store.`);
  const signed = isSigned(checkpoint, keys);
  if (signed === null)
    return fault(
      `Checkpoint ${number} of ${whose} is signed by the key ${keyId}, which is none of those given.`,
    );
  return signed ? null : fault(`The signature of checkpoint ${number} of ${whose} is forged.`);
}

const otherwise = ({ number, position }: Checkpoint, whose: string): Fault => ({
  position,
  sentence: `Checkpoint ${number} of ${whose} says otherwise of entry ${position}: the audit was altered and sealed anew.`,
});
const cutOff = ({ number, position }: Checkpoint, whose: string): Fault => ({
  position,
  sentence: `Checkpoint ${number} of ${whose} is of entry ${position}, which is not there: the end of the audit was cut off.`,
});
