import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { Ending, Stage, Written } from '../workflow.ts';

/** What is known of the write of a stage: nothing of the customer. */
export type Receipt = Pick<Written, 'id' | 'state' | 'applied' | 'system'> & {
  /** Why its system refused, in codes. */
  readonly codes: readonly string[];
};

/** Something that stands against an erasure. */
export interface Objection {
  readonly code: string;
  /** In a sentence without values. */
  readonly message: string;
}

/** What an erasure knows and has done. It outlives the customer: there is no value in it. */
export interface Memory {
  /** Whether somebody has looked whether anything stands against it, before a second person is asked. */
  readonly looked: boolean;
  /** The second person who has agreed. */
  readonly approvedBy: string | null;
  /** The same once more since then, with the customer held. */
  readonly guarded: boolean;
  readonly receipts: Readonly<Partial<Record<ErasingStage, Receipt>>>;
  /** How often the write of a stage has become another one. */
  readonly generations: Readonly<Partial<Record<ErasingStage, number>>>;
  /** Whether nothing is left of the customer in the graph itself. */
  readonly forgotten: boolean;
  /** How it ends; null while it goes on. */
  readonly ending: Ending | null;
  /** Times in a row that somebody could not be reached. */
  readonly waits: number;
}

/** The stages in which a system erases its part, in their order: the one that may still refuse comes first. */
export const erasing = ['BILLING_ERASURE', 'ERP_ERASURE', 'CRM_ERASURE'] as const;
export type ErasingStage = (typeof erasing)[number];

export const systemOf: Readonly<Record<ErasingStage, SystemName>> = {
  BILLING_ERASURE: 'BILLING',
  ERP_ERASURE: 'ERP',
  CRM_ERASURE: 'CRM',
};

/** Once a system may have begun, nothing brings back what it had. */
export const pivot: readonly Stage[] = [...erasing, 'FORGETTING'];

export const begun: Memory = {
  looked: false,
  approvedBy: null,
  guarded: false,
  receipts: {},
  generations: {},
  forgotten: false,
  ending: null,
  waits: 0,
};
