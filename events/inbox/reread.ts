import { randomUUID } from 'node:crypto';
import { heeding } from '../../identity/follow.ts';
import type { Absorbed, Change, SystemName } from '../../identity/index.ts';
import type { Db, Queryable } from '../../runtime/db/index.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import type { Intake } from '../intake.ts';
import { blameOf, pauseAfter } from './blame.ts';
import { claimHints, heldHints, releaseHints, settleHints, type Claimed } from './hints.ts';
import { noteUnknown } from './unknown.ts';

/** A system whose records can be read again. */
export interface Source {
  readonly system: SystemName;
  /** What the records are like now; one that the system does not have is told as deleted. */
  reread(
    hints: readonly { readonly key: string; readonly touched?: readonly string[] }[],
    signal: AbortSignal,
  ): Promise<readonly Change[]>;
}

/** Between which lines a reading can be ended, for tests that end it there. */
export type ReadingBoundary = 'claimed' | 'read' | 'taken' | 'settled';

export interface ReadingOptions {
  readonly db: Db;
  readonly source: Source;
  /** What the system's records are of. */
  readonly entity: EntityName;
  /** Takes changes into the register, within the transaction, and says whose they are. */
  readonly absorb: (
    tx: Queryable,
    system: SystemName,
    changes: readonly Change[],
  ) => Promise<readonly Absorbed[]>;
  readonly intake: Intake;
  /** Told of every reading that failed; it is tried again. */
  readonly failed: (system: SystemName, error: unknown) => void;
  /** Milliseconds for which a record is in this reader's hands; 60,000 where absent. */
  readonly lease?: number;
  readonly at?: (boundary: ReadingBoundary) => void | Promise<void>;
}

/** Reads the hinted records of one system. */
export interface Reading {
  /**
   * Reads what is due, once; gives how many records. What was read goes the way of the system's feed: into the register
   * and to the sequencer, in the transaction that ends the hints. A record that fails by its own fault is tried again
   * later, alone, and holds up no other.
   * @throws whatever the system failed with, where no record is to blame; the hints stay
   */
  pass(signal: AbortSignal): Promise<number>;
}

/** Records that are read together at most. */
const together = 100;

/** A reader of one system's hints. */
export function readingOf(options: ReadingOptions): Reading {
  const { db, source, entity, absorb, intake, failed, lease = 60_000, at = () => undefined } = options;
  const { system } = source;
  const reader = randomUUID();

  async function readAll(claimed: readonly Claimed[], signal: AbortSignal): Promise<void> {
    await at('claimed');
    // Well within the lease, so that nobody takes over while an answer is still awaited.
    const patient = AbortSignal.any([signal, AbortSignal.timeout(lease / 2)]);
    const changes = await heeding(patient, source.reread(claimed, patient));
    await at('read');
    await db.transaction(async (tx) => {
      const keys = claimed.map(({ key }) => key);
      const held = await heldHints(tx, system, reader, keys);
      const mine = claimed.filter(({ key }) => held.has(key));
      // The register first, then the inbox: everybody in this order.
      await takeAll(
        tx,
        mine,
        changes.filter(({ key }) => held.has(key)),
      );
      await at('taken');
      await settleHints(tx, system, reader, mine);
    });
    await at('settled');
  }

  async function takeAll(
    tx: Queryable,
    claimed: readonly Claimed[],
    changes: readonly Change[],
  ): Promise<void> {
    const [first] = claimed;
    if (!first) return;
    const sources = new Map(claimed.map(({ key, source: of }) => [key, of]));
    const sourceOf = ({ key }: { readonly key: string }) => sources.get(key) ?? first.source;
    const absorbed = await absorb(tx, system, changes);
    const ours = absorbed.filter(({ customerId }) => customerId !== null);
    for (const [of, some] of Map.groupBy(ours, sourceOf)) {
      // What was read here is in no order with what the feed tells of itself.
      const told = of === 'FEED' ? 'WEBHOOK' : of;
      await intake(tx, { system, source: told, since: first.since, changes: some });
    }
    const unknown = absorbed.filter(({ customerId }) => customerId === null);
    await noteUnknown(
      tx,
      entity,
      system,
      unknown.map(({ key }) => ({ key, source: sourceOf({ key }) })),
    );
  }

  async function passOf(which: 'FRESH' | 'FAILED', signal: AbortSignal): Promise<number> {
    const claimed = await claimHints(db, { system, which, reader, lease, most: together });
    if (claimed.length === 0) return 0;
    try {
      await readAll(claimed, signal);
    } catch (error) {
      const blame = signal.aborted ? 'SYSTEM' : blameOf(error, claimed.length);
      const tries = (claimed[0]?.attempts ?? 0) + 1;
      await releaseHints(db, system, reader, {
        keys: claimed.map(({ key }) => key),
        blamed: blame !== 'SYSTEM',
        // Of several nobody knows yet which one it is: each is tried alone, at once.
        delay: blame === 'RECORD' ? pauseAfter(tries) : 0,
      });
      if (blame === 'SYSTEM') throw error;
      if (blame === 'RECORD') failed(system, error);
    }
    return claimed.length;
  }

  return {
    pass: async (signal) => (await passOf('FRESH', signal)) + (await passOf('FAILED', signal)),
  };
}
