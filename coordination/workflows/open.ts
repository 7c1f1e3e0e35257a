import { randomUUID } from 'node:crypto';
import type { Db } from '../../runtime/db/index.ts';
import type { Identity } from '../../identity/index.ts';
import type { Metrics } from '../../runtime/telemetry.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import type { Participant } from '../participant.ts';
import { progressIn } from '../progress.ts';
import { decisionsIn as decisionsOnWrites } from '../decisions.ts';
import { jittered, type OpenedCoordination } from '../open.ts';
import { actIn } from './act.ts';
import { carriedBy } from './carried.ts';
import { decisionsIn } from './decisions.ts';
import type { Boundary } from './drive.ts';
import { showWorkflows } from './gauges.ts';
import { erasingIn } from './erasing/act.ts';
import { guardIn } from './erasing/guards.ts';
import { eraseIn } from './erasing/start.ts';
import { mergingIn } from './merging/act.ts';
import { mergesIn } from './merging/start.ts';
import { onboardingIn } from './onboarding/act.ts';
import type { Matches } from './onboarding/candidates.ts';
import { startIn } from './onboarding/start.ts';
import { readsIn } from './reads.ts';
import type { Reference } from './reference/reference.ts';
import { storeIn } from './store.ts';
import { unmergingIn } from './unmerging/act.ts';
import { unmergeIn } from './unmerging/start.ts';
import { startWorker } from './worker.ts';
import { isOver } from './workflow.ts';
import type { Workflows } from './workflows.ts';
import { writesIn } from './writes.ts';

/** How workflows are carried on. */
export interface Pace {
  /** Milliseconds for which a workflow is held without a word from its worker; more than three calls take. */
  readonly lease: number;
  /** Milliseconds for one call to a system or to the reference. */
  readonly callTimeout: number;
  /** Workflows that this process carries on at a time. */
  readonly concurrency: number;
  /** Milliseconds between two looks for those that are due. */
  readonly interval: number;
  /** Milliseconds between two looks at those whose progress somebody watches. */
  readonly watching: number;
  /** Milliseconds of the first pause at most, and of any pause, where somebody cannot be reached. */
  readonly pauses: readonly [first: number, longest: number];
}

export const usualWorkflowPace: Pace = {
  lease: 30_000,
  callTimeout: 5_000,
  concurrency: 8,
  interval: 250,
  watching: 250,
  pauses: [500, 300_000],
};

export interface WorkflowsOptions {
  /** With the migrations of coordination. */
  readonly db: Db;
  readonly identity: Pick<
    Identity,
    'loadersOf' | 'register' | 'matches' | 'verdicts' | 'takenForSame' | 'avoided' | 'crosswalk' | 'merging'
  >;
  readonly participants: ReadonlyMap<SystemName, Participant>;
  readonly reference: Reference;
  readonly engine: OpenedCoordination['engine'];
  readonly metrics: Metrics;
  readonly failed: (error: unknown) => void;
}

export interface OpenedWorkflows {
  readonly workflows: Workflows;
  /** Takes up nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

/** Takes up what was left, and begins to carry on workflows. */
export async function openWorkflows(
  options: WorkflowsOptions,
  pace: Pace = usualWorkflowPace,
  at: (boundary: Boundary) => void | Promise<void> = () => undefined,
): Promise<OpenedWorkflows> {
  const { db, identity, participants, reference, engine, failed } = options;
  const { lease, callTimeout, concurrency, interval, watching, pauses } = pace;
  const pause = (times: number) => jittered(times, pauses);
  const store = storeIn({ db, worker: randomUUID(), lease });
  const reads = readsIn(db);
  await store.recover();
  const writes = writesIn(engine);
  const matches = { matches: matchesOf(identity), untried: (ids: readonly string[]) => reads.untried(ids) };
  const guard = guardIn({ db, identity, participants });
  const kinds = carriedBy(
    onboardingIn({ participants, matches, identity, reference, callTimeout }),
    erasingIn({ db, identity, guard, callTimeout }),
    mergingIn({ db, participants, identity, callTimeout }),
    unmergingIn({ db, identity }),
  );
  const worker = startWorker({
    ...{ db, store, kinds, concurrency, interval, pause, failed },
    act: actIn({ participants, writes, callTimeout }),
    at,
  });
  showWorkflows(options.metrics, reads);
  const look = (): void => {
    worker.look();
  };
  const progress = progressIn({
    records: reads,
    isDone: ({ state }) => isOver(state),
    interval: watching,
    failed,
  });
  return {
    workflows: {
      onboard: startIn({ db, identity, store, reads, look }),
      erase: eraseIn({ db, identity, guard, store, reads, callTimeout, look }),
      ...mergesIn({ db, participants, identity, store, reads, callTimeout, look }),
      unmerge: unmergeIn({ db, identity, store, reads, look }),
      ...decisionsIn({ db, store, reads, kinds, look, retryWrite: decisionsOnWrites(engine).retry }),
      workflow: (id) => reads.view(id),
      page: (filter, page) => reads.page(filter, page),
      progress: (id, signal) => progress.watch(id, signal),
      writes: (ids) => engine.records.views(ids),
    },
    stop: () => worker.stop(),
  };
}

/** The register's matcher, as workflows ask it. */
function matchesOf({ matches }: Pick<Identity, 'matches'>): Matches['matches'] {
  return async (facts, exclude) =>
    (await matches(facts, { exclude })).map(({ id, verdict, score, reasons }) => ({
      ...{ id, verdict, score },
      reasons: reasons.map(({ part, weight }) => `${weight < 0 ? 'against' : 'for'} ${part}`),
    }));
}
