import type { Absorbed, SystemName } from '../identity/index.ts';
import type { Queryable } from '../runtime/db/index.ts';
import { captureInto } from './capture.ts';
import type { Draft } from './change.ts';
import { hint, type Messenger } from './inbox/hints.ts';
import { forgetUnknown } from './inbox/unknown.ts';

/** Records of a system as they were read, and as the register has taken them in. */
export interface Observed {
  readonly system: SystemName;
  /** What had them read. */
  readonly source: Messenger;
  /** The last position that was given before the system was asked. */
  readonly since: string;
  readonly changes: readonly Absorbed[];
}

/**
 * The one door of everything that is seen of records without having been written through the graph, within the
 * transaction in which the register takes it in.
 */
export type Intake = (tx: Queryable, observed: Observed) => Promise<void>;

export interface IntakeOptions {
  /** The entity's name in the contract. */
  readonly entity: string;
  /** Those of these entities whose record in the system a write of ours may be changing at this moment. */
  readonly busy: (
    tx: Queryable,
    system: SystemName,
    entityIds: readonly string[],
  ) => Promise<ReadonlySet<string>>;
}

/** Milliseconds after which a record is read again that a write of ours may have been changing. */
const putOff = 500;

/**
 * Captures what was seen, for the sequencer to decide whether it is a change. A record that a write of ours may be
 * changing at this moment is put off and read again: what was seen of it may be our own change, which would be told as
 * somebody else's.
 */
export function intakeOf({ entity, busy }: IntakeOptions): Intake {
  return async (tx, { system, source, since, changes }) => {
    const known = changes.filter(({ customerId }) => customerId !== null);
    await forgetUnknown(
      tx,
      system,
      known.map(({ key }) => key),
    );
    const seen = changes.flatMap((change) => {
      const draft = draftOf(change);
      return draft ? [{ draft: { ...draft, entity, system, source, since }, change }] : [];
    });
    if (seen.length === 0) return;
    const busyIds = await busy(tx, system, [...new Set(seen.map(({ draft }) => draft.entityId))]);
    const isBusy = ({ draft }: (typeof seen)[number]) => busyIds.has(draft.entityId);
    const [held, free] = [seen.filter(isBusy), seen.filter((one) => !isBusy(one))];
    await captureInto(
      tx,
      free.map(({ draft }) => draft),
    );
    await hint(
      tx,
      // Not as the feed: what is read again is in no order with what the feed goes on to tell.
      held.map(({ change: { key, touched } }) => ({
        ...{ system, key, touched, delay: putOff },
        source: 'SWEEP',
      })),
    );
  };
}

/** Null for what says nothing: a record that nobody ever knew, or one whose system tells no version. */
function draftOf(change: Absorbed): Omit<Draft, 'entity' | 'system' | 'source' | 'since'> | null {
  const { key, customerId, known, version, fingerprints, touched = [] } = change;
  if (customerId === null) return null;
  const observed = { entityId: customerId, key, known, foundVersion: null, written: null, cause: null };
  if (change.deleted === true) return { ...observed, version: null, fingerprints: null, touched: [] };
  if (version === undefined || fingerprints === undefined) return null;
  // What has a fingerprint is compared, and told once however often it is said to have been touched.
  return { ...observed, version, fingerprints, touched: touched.filter((name) => !(name in fingerprints)) };
}
