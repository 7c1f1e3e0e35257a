import type { Post } from '../runtime/http.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import { writeKinds, type Continuations } from '../steward/index.ts';
import type { CoordinationOptions } from './coordination.ts';
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
  /** Told of faults that no caller hears of: of a write, or of a workflow. */
  readonly failed: (what: 'write' | 'workflow', error: unknown) => void;
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
  return {
    subgraph: coordinationSubgraph(withinSight(opened.coordination, identity), flowing.workflows, identity),
    continuations: {
      ...Object.fromEntries(writeKinds.map((kind) => [kind, opened.reviewed])),
      ONBOARDING_QUESTION: questionDecided(flowing.workflows),
    },
    async stop() {
      await flowing.stop();
      await opened.stop();
    },
  };
}
