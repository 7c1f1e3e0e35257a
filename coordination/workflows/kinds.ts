import { onboarding } from './onboarding/index.ts';
import type { Kind, Workflow } from './workflow.ts';

/** Every kind of workflow that there is. Its memory is its own affair: nobody else looks into it. */
const kinds: ReadonlyMap<string, Kind> = new Map(
  [onboarding].map((kind): [string, Kind] => [kind.kind, kind]),
);

/** The decisions for a workflow; throws for one that nobody knows: a later version has begun it. */
export function kindOf({ kind: name }: Pick<Workflow, 'kind'>): Kind {
  const kind = kinds.get(name);
  if (!kind) throw new Error(`nobody knows workflows of the kind ${name}`);
  return kind;
}
