import { record } from '../../audit/index.ts';
import type { RequestContext } from '../../runtime/context.ts';
import type { Db } from '../../runtime/db/index.ts';
import type { Refusal } from '../refusal.ts';
import { decisionOn } from './audited.ts';
import type { Reads } from './reads.ts';
import { keyReused } from './refusals.ts';
import type { Draft, Store } from './store.ts';
import type { Entry } from './workflow.ts';
import type { Started } from './workflows.ts';

export interface BeginOptions {
  readonly db: Db;
  readonly store: Pick<Store, 'start'>;
  readonly reads: Pick<Reads, 'view'>;
  /** Begins with what is due at once. */
  readonly look: () => void;
}

/** What was asked for, beside the workflow. */
interface Told {
  /** The mutation, as the audit names it. */
  readonly operation: string;
  /** Attributes that it names. */
  readonly attributes?: readonly string[];
  /** What is said where the workflow of this id is under way already. */
  readonly open: (id: string) => Refusal;
}

/** Stores a workflow with its entry in the audit, once for each key, and begins with it. */
export async function begin(
  { db, store, reads, look }: BeginOptions,
  draft: Draft,
  { open, ...told }: Told,
  context: RequestContext,
): Promise<Started> {
  const { id, outcome } = await db.transaction(async (tx) => {
    const started = await store.start(draft, [begun(draft)], tx);
    if (started.outcome === 'STARTED')
      await record(tx, [decisionOn(draft, { ...told, outcome: 'START', reason: draft.reason }, context)]);
    return started;
  });
  if (outcome === 'REUSED') return refused(keyReused);
  if (outcome === 'OPEN') return refused(open(id));
  look();
  return { workflow: await reads.view(id), refusals: [], replayed: outcome === 'REPLAYED' };
}

/** The first line of what has happened. */
export function begun({ stage, requestedBy: by }: Pick<Draft, 'stage' | 'requestedBy'>): Entry {
  return { event: 'STARTED', stage, by, message: `Asked for by ${by}.` };
}

export function refused(...refusals: readonly Refusal[]): Started {
  return { workflow: null, refusals, replayed: false };
}

/** What there is under a key that was used before. */
export function replayed({ same }: { readonly same: boolean }, workflow: Started['workflow']): Started {
  return same ? { workflow, refusals: [], replayed: true } : refused(keyReused);
}
