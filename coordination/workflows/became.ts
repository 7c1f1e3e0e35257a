import { entryOf, record } from '../../audit/index.ts';
import { captureInto, type Draft } from '../../events/index.ts';
import type { Queryable } from '../../runtime/db/index.ts';
import type { Workflow } from './workflow.ts';

/** Tells subscribers and the audit that a customer lives on as another one, or is its own again, in the transaction of that. */
export async function tellOf(
  tx: Queryable,
  workflow: Workflow,
  fate: NonNullable<Draft['fate']>,
  customers: readonly string[],
): Promise<void> {
  const { id, entity, entityId, requestedBy: subject, reason, correlationId, traceparent } = workflow;
  await captureInto(
    tx,
    customers.map((customer) => ({
      ...{ entity, entityId: customer, system: 'IDENTITY', key: `${id} ${customer}`, version: id, fate },
      ...{ source: 'WRITE', foundVersion: null, fingerprints: {}, written: ['mergedInto'], touched: [] },
      ...{ since: null, known: true, cause: { requestId: id, correlationId } },
    })),
  );
  const by = { principal: { subject, scopes: new Set<string>() }, correlationId, traceparent };
  const told = { action: 'WRITE_SETTLED', outcome: fate, entity, entityId, reason } as const;
  await record(tx, [entryOf(by, { ...told, attributes: ['mergedInto'], receipt: { kind: 'WORKFLOW', id } })]);
}
