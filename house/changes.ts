import { busyWith, noteOfAccounts, noteOfCopies } from '../coordination/index.ts';
import { hint, intakeOf, openEvents, type Events, type Intake } from '../events/index.ts';
import { observeSystems } from '../subgraphs/observe.ts';
import type { System } from '../subgraphs/system.ts';
import type { Ground } from './ground.ts';

/** The change feed of the store. */
export function eventsOf({ config, store: { db }, metrics, logger }: Ground): Promise<Events> {
  return openEvents({
    ...{ db, metrics, redisUrl: config.redisUrl },
    tagged: [{ system: 'CRM', attribute: 'segment' }],
    retention: { days: config.eventRetentionDays, most: config.eventRetentionMax },
    // Not as its feed: what is read again is in no order with that.
    reread: (tx, records) =>
      hint(
        tx,
        records.map((record) => ({ ...record, source: 'SWEEP' })),
      ),
    notice: (line) => {
      logger.warn(line);
    },
    failed: (error) => {
      logger.error('The change feed failed on our side; it goes on where it was.', { error });
    },
  });
}

/** Follows the systems that are here: what changes in them is told; new accounts and copies that differ are noted. Gives what ends it. */
export function observing(
  { config, store: { db, identity }, metrics, logger }: Ground,
  systems: readonly System[],
): () => Promise<void> {
  const capture = intakeOf({ entity: 'Customer', busy: busyWith });
  const note = noteOfAccounts(db, config.onboarding === 'auto');
  const noteCopies = noteOfCopies('Customer');
  const intake: Intake = async (tx, observed) => {
    await capture(tx, observed);
    await note(tx, observed.system, observed.changes);
    await noteCopies(tx, observed.system, observed.changes);
  };
  return observeSystems({
    ...{ db, identity, intake, metrics, systems, entity: 'Customer' },
    feedInterval: config.feedIntervalMs,
    sweepInterval: config.sweepIntervalHours * 3_600_000,
    failed: (system, error) => {
      logger.warn('Records of a system could not be read; it is tried again.', { system, error });
    },
  });
}
