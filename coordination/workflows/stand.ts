import type { Question } from './question.ts';
import type { Ending, Stage, Workflow } from './workflow.ts';

/** Where a workflow stands, as its kind finds out of what it remembers. */
type Standing =
  | { readonly at: Stage; readonly question?: Question }
  | { readonly at: 'ENDED'; readonly end: Ending | 'SUCCEEDED' };

/** The workflow with another memory, which stands where that says. Pure. */
export function standingAs<Memory>(
  workflow: Workflow<Memory>,
  memory: Memory,
  standing: Standing,
): Workflow<Memory> {
  if ('end' in standing) {
    const { end } = standing;
    return { ...workflow, memory, stage: 'ENDED', state: end === 'SUCCEEDED' ? end : end.state };
  }
  return { ...workflow, memory, stage: standing.at, state: standing.question ? 'PARKED' : 'RUNNING' };
}
