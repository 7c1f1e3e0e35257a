import type { Identity } from '../../identity/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import { startRounds } from '../../runtime/rounds.ts';
import { startSweeping } from '../../runtime/sweeping.ts';
import type { Metrics } from '../../runtime/telemetry.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import type { Continue } from '../../steward/index.ts';
import type { Participant } from '../participant.ts';
import { lookAtSuspects, orderRepairs } from './carry.ts';
import { driftDecided } from './decided.ts';
import { showSweeps } from './gauges.ts';
import type { Inspector } from './inspector.ts';
import { lookIn } from './look.ts';
import { ordersIn } from './order.ts';
import { sweepOf } from './sweep.ts';
import type { DriftPolicy } from './verdict.ts';

export interface DriftOptions {
  readonly db: Db;
  readonly identity: Pick<Identity, 'members' | 'search'>;
  readonly participants: ReadonlyMap<SystemName, Participant>;
  readonly inspectors: ReadonlyMap<SystemName, Inspector>;
  readonly policy: DriftPolicy;
  /** Milliseconds from the end of a sweep to the next one; 0 for none. */
  readonly sweepInterval: number;
  readonly metrics: Metrics;
  /** Begins with writes that were ordered. */
  readonly look: () => void;
  /** Told of faults that no caller hears of. */
  readonly failed: (error: unknown) => void;
}

export interface OpenedDrift {
  /** Continues what a steward decided about a copy. */
  readonly decided: Continue;
  /** Takes up nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

/** Milliseconds for one call to a system, about many records. */
const callTimeout = 15_000;
/** Milliseconds between two looks for copies that something was seen of. */
const interval = 1_000;

/** Begins to look after copies, in whichever process: each thing is done by one of them. */
export function openDrift(options: DriftOptions): OpenedDrift {
  const { db, identity, participants, inspectors, policy, sweepInterval, metrics, failed } = options;
  const look = lookIn({ db, inspectors, callTimeout });
  const orders = ordersIn({ db, participants, callTimeout: callTimeout / 3, look: options.look });
  const carrying = { db, identity, look, orders, policy };
  const rounds = startRounds({
    ...{ failed, interval },
    async round(stopped) {
      await lookAtSuspects(carrying, stopped);
      await orderRepairs(carrying, stopped);
    },
  });
  const sweep = sweepOf({ db, identity, entity: 'Customer', look, policy, interval: sweepInterval });
  const stopSweeps = startSweeping({
    ...{ failed, sweep },
    before: () => Promise.resolve(sweepInterval > 0),
  });
  showSweeps(metrics, db);
  return {
    decided: driftDecided(db, orders),
    async stop() {
      await Promise.all([stopSweeps(), rounds.stop()]);
    },
  };
}
