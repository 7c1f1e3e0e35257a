import { erasure } from './erasing/index.ts';
import { merging } from './merging/index.ts';
import { onboarding } from './onboarding/index.ts';
import type { Question } from './question.ts';
import { unmerging } from './unmerging/index.ts';
import type { Kind, Outline, Workflow } from './workflow.ts';

/** Every kind of workflow that there is. Its memory is its own affair: nobody else looks into it. */
const kinds: ReadonlyMap<string, Kind> = new Map(
  [onboarding, merging, unmerging, erasure].map((kind): [string, Kind] => [kind.kind, kind]),
);

/** The decisions for a workflow; throws for one that nobody knows: a later version has begun it. */
export function kindOf({ kind: name }: Pick<Workflow, 'kind'>): Kind {
  const kind = kinds.get(name);
  if (!kind) throw new Error(`nobody knows workflows of the kind ${name}`);
  return kind;
}

/** What a person is asked by a workflow now; null where nobody is. */
export function questionOf(workflow: Workflow): Question | null {
  return workflow.memory === null ? null : kindOf(workflow).question(workflow);
}

/** What is shown of a workflow; of one that was erased with its customer, that there was one. */
export function outlineOf(workflow: Workflow): Outline {
  return workflow.memory === null ? forgotten : kindOf(workflow).shown(workflow);
}

const forgotten: Outline = {
  isMade: false,
  ending: null,
  other: null,
  enrichment: null,
  writes: [],
};
