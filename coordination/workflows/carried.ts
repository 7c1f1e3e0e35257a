import type { Queryable } from '../../runtime/db/index.ts';
import type { Answer, Kind, OwnCommand, OwnEvent, Workflow, WorkflowEvent } from './workflow.ts';

/** A kind of workflow with what carries out its own commands. */
export interface Carried<
  Memory = unknown,
  Own extends OwnCommand = OwnCommand,
  Happened extends OwnEvent = OwnEvent,
> {
  readonly kind: Kind<Memory, Own, Happened>;
  /** Does what only this kind has done. Whoever cannot be reached is an answer; a fault of ours rejects. */
  act(workflow: Workflow<Memory>, command: Own): Promise<WorkflowEvent | Happened>;
  /** Whether what comes of a command holds only where no other workflow of the kind has had the like done meanwhile. */
  isOneAtATime(command: OwnCommand): boolean;
  /** Called in the transaction in which a workflow ends without having reached its end. */
  gaveUp(tx: Queryable, workflow: Workflow<Memory>): Promise<void>;
  /** Called in the transaction in which an answer is stored; with the workflow as it was before. */
  answered(tx: Queryable, before: Workflow<Memory>, answer: Answer, by: string): Promise<void>;
}

/** Carried kinds by their names. */
export type CarriedKinds = ReadonlyMap<string, Carried>;

export function carriedBy(...kinds: readonly Carried[]): CarriedKinds {
  return new Map(kinds.map((one) => [one.kind.kind, one]));
}
