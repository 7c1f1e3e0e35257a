import type { Metrics } from '../../runtime/telemetry.ts';
import { isOfWrite } from './drive.ts';
import type { Reads } from './reads.ts';
import type { OwnEvent, Workflow, WorkflowEvent } from './workflow.ts';

/** Seconds, up to a quarter of a year. */
const buckets = [5, 60, 300, 900, 3_600, 14_400, 86_400, 259_200, 604_800, 2_592_000, 7_776_000];

/** Shows how workflows stand, and gives what is to be told of each event. */
export function showWorkflows(
  metrics: Metrics,
  reads: Reads,
): (workflow: Workflow, event: WorkflowEvent | OwnEvent) => void {
  metrics.gauge(
    'workflows_open',
    'Workflows that are not over, by stage.',
    ['kind', 'state', 'stage'],
    async () =>
      (await reads.open()).map(({ kind, state, stage, count }) => [{ kind, state, stage }, count] as const),
  );
  metrics.gauge(
    'customers_pending_erp_creation',
    'New customers of whom the ERP has no record yet.',
    [],
    async () => {
      const before = (await reads.open()).filter(
        ({ kind, stage }) => kind === 'ONBOARDING' && !withErp.has(stage),
      );
      return [[{}, before.reduce((sum, { count }) => sum + count, 0)]];
    },
  );
  const billable = metrics.histogram(
    'customer_creation_to_billable_seconds',
    'Time from when a new customer was seen, in the CRM or by a request, until it has a billing account.',
    [],
    buckets,
  );
  return (workflow, event) => {
    if (!isOfWrite(event) || event.place.stage !== 'BILLING_ACCOUNT') return;
    if (event.write?.state !== 'SUCCEEDED' || !event.write.applied) return;
    billable({}, Math.max(0, (Date.now() - Date.parse(workflow.startedAt)) / 1000));
  };
}

const withErp: ReadonlySet<string> = new Set(['BILLING_ACCOUNT', 'ACTIVATION', 'UNDOING']);
