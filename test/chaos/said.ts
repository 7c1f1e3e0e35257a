import type { Stage, WorkflowState } from '../../coordination/workflows/workflow.ts';
import type { System } from './records.ts';

/** What the coordination layer says of an onboarding. */
export interface Onboarding {
  readonly id: string;
  readonly customer: string;
  readonly state: WorkflowState;
  readonly stage: Stage;
  /** What a person is asked. */
  readonly question: { readonly kind: string; readonly candidates: readonly string[] } | null;
  /** Records of the customer, as the register has them. */
  readonly keys: Readonly<Partial<Record<System, string>>>;
  /** The writes that it has ordered, and their copies. */
  readonly writes: readonly string[];
}
