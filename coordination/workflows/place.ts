import { validate } from 'uuid';
import type { Place } from './workflow.ts';

/** In whose name writes of workflows are accepted: their keys are no caller's. */
export const subject = 'coordination/workflows';

/** The key of the write at a place; begins with the id of its workflow, which is woken by it. */
export function keyOf(workflow: string, { stage, generation, undo }: Place): string {
  if (!validate(workflow)) throw new TypeError('the id of a workflow is a UUID');
  return [workflow, stage, generation, ...(undo ? ['undo'] : [])].join(':');
}
