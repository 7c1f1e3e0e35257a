import type { Post } from '../runtime/http.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { SystemName } from '../schema/generated/contracts.ts';
import { writeKinds, type Continuations } from '../steward/index.ts';
import type { CoordinationOptions } from './coordination.ts';
import { differencesIn } from './difference.ts';
import type { Inspector } from './drift/inspector.ts';
import { openDrift } from './drift/open.ts';
import type { DriftPolicy } from './drift/verdict.ts';
import { openIndicators } from './indicators/open.ts';
import { openCoordination } from './open.ts';
import { coordinationSubgraph } from './resolvers.ts';
import { withinSight } from './visible.ts';
import { questionDecided } from './workflows/continue.ts';
import { openWorkflows } from './workflows/open.ts';
import { referenceOf } from './workflows/reference/index.ts';

export interface GovernedOptions extends Omit<CoordinationOptions, 'failed'> {
  /** Where the reference of what countries demand answers; the embedded one where it is absent. */
  readonly referenceUrl: string | undefined;
  readonly post: Post;
  /** How copies of values are looked after. */
  readonly drift: {
    readonly inspectors: ReadonlyMap<SystemName, Inspector>;
    readonly policy: DriftPolicy;
    /** Milliseconds from the end of a sweep to the next one; 0 for none. */
    readonly sweepInterval: number;
  };
  /** Told of faults that no caller hears of: of a write, of a workflow, or of the comparison of copies. */
  readonly failed: (what: 'write' | 'workflow' | 'comparison', error: unknown) => void;
}

/** Governed writes and the workflows over them, as one process carries them out. */
export interface Governed {
  /** Their part of the graph. */
  readonly subgraph: { readonly name: string; readonly resolvers: Resolvers };
  /** How what a steward decides about them is continued. */
  readonly continuations: Continuations;
  /** Takes up no more of either, and waits for what runs. */
  stop(): Promise<void>;
}

/** Takes up what was left, and begins to carry out both. */
export async function openGoverned({
  referenceUrl,
  post,
  drift,
  failed,
  ...options
}: GovernedOptions): Promise<Governed> {
  const { db, identity, participants, metrics } = options;
  const opened = await openCoordination({
    ...options,
    failed: (error) => {
      failed('write', error);
    },
  });
  const flowing = await openWorkflows({
    ...{ db, identity, participants, metrics, engine: opened.engine },
    reference: referenceOf(referenceUrl, post),
    failed: (error) => {
      failed('workflow', error);
    },
  });
  const copies = openDrift({
    ...{ db, identity, participants, metrics, ...drift },
    look: () => {
      opened.engine.worker.look();
    },
    failed: (error) => {
      failed('comparison', error);
    },
  });
  const difference = differencesIn({
    ...{ db, participants, rowsOf: identity.rowsOf },
    records: opened.engine.records,
  });
  return {
    subgraph: coordinationSubgraph(
      withinSight(opened.coordination, identity),
      flowing.workflows,
      identity,
      difference,
      openIndicators({ db, identity, metrics }),
    ),
    continuations: {
      ...{ DRIFT: copies.decided, OWNERSHIP_VIOLATION: copies.decided },
      ...Object.fromEntries(writeKinds.map((kind) => [kind, opened.reviewed])),
      ONBOARDING_QUESTION: questionDecided(flowing.workflows),
    },
    async stop() {
      await copies.stop();
      await flowing.stop();
      await opened.stop();
    },
  };
}
