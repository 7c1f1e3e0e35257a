import { entryOf, type AuditEntry } from '../../audit/index.ts';
import type { RequestContext } from '../../runtime/context.ts';
import type { Workflow } from './workflow.ts';

/** What a person decided about a workflow. Pure. */
export function decisionOn(
  { id, entity, entityId }: Pick<Workflow, 'id' | 'entity' | 'entityId'>,
  decision: Pick<AuditEntry, 'operation' | 'outcome' | 'reason'> & {
    readonly attributes?: readonly string[];
  },
  context: RequestContext,
): AuditEntry {
  return entryOf(context, {
    ...decision,
    ...{ action: 'DECISION', entity, entityId },
    receipt: { kind: 'WORKFLOW', id },
  });
}
