import type { SystemName } from '../../schema/generated/contracts.ts';
import type { OpenedCoordination } from '../../coordination/index.ts';
import type { Participant } from '../../coordination/participant.ts';
import type { Boundary } from '../../coordination/workflows/drive.ts';
import type { WorkflowView } from '../../coordination/workflows/workflows.ts';
import { requestContext } from '../../runtime/context.ts';
import type { Db } from '../../runtime/db/index.ts';
import { createMetrics } from '../../runtime/telemetry.ts';
import type { Store } from '../../subgraphs/store.ts';
import type { Onboarding } from './said.ts';
import type { Admitting, Failpoint } from './subject.ts';

/** Milliseconds that a caller waits. */
const patience = 4000;
/** Workflows of one page. */
const page = 100;

export interface OnboardingOrder extends Pick<Store, 'db' | 'identity'> {
  readonly engine: OpenedCoordination['engine'];
  readonly participants: ReadonlyMap<SystemName, Participant>;
  /** Milliseconds that a claimed workflow belongs to its worker without a sign of life. */
  readonly lease: number;
  readonly failpoint: Failpoint;
  readonly failed: (error: unknown) => void;
}

/** The product's own workflows in this process. Not to be opened before a mutant is planted in them. */
export async function openOnboarding({ lease, failpoint, ...options }: OnboardingOrder): Promise<Admitting> {
  const { db, identity } = options;
  const { openWorkflows } = await import('../../coordination/workflows/open.ts');
  const { questionOf } = await import('../../coordination/workflows/kinds.ts');
  const { embeddedReference } = await import('../../coordination/workflows/reference/embedded.ts');
  const { workflows } = await openWorkflows(
    { ...options, reference: embeddedReference, metrics: createMetrics() },
    { lease, callTimeout: lease / 4, concurrency: 8, interval: 100, watching: 250, pauses: [50, 1000] },
    (boundary: Boundary) => failpoint(`workflow ${boundary}`),
  );
  const context = () => requestContext({ timeout: patience, signal: AbortSignal.timeout(patience) });

  function shown(
    workflow: WorkflowView,
  ): Pick<Onboarding, 'id' | 'customer' | 'state' | 'stage' | 'question'> {
    const { id, entityId: customer, state, stage } = workflow;
    const asked = questionOf(workflow);
    const candidates = asked?.kind === 'DUPLICATE' ? asked.candidates.map((one) => one.id) : [];
    return { id, customer, state, stage, question: asked && { kind: asked.kind, candidates } };
  }

  return {
    async onboard({ key, account, values }) {
      const asked = {
        entity: 'Customer',
        entityId: account?.customer ?? null,
        values,
        key,
        reason: null,
      } as const;
      const { workflow, refusals } = await workflows.onboard(asked, context());
      return workflow ? { id: workflow.id } : { refusals: refusals.map(({ code }) => code) };
    },

    async say({ id, key, ...said }) {
      if (said.say === 'CANCEL') await workflows.cancel(id, null, 'a person', context());
      else if (said.say === 'RETRY') await workflows.retry(id, context());
      else {
        const { values, different } = said;
        const answer = { values, different, sameAs: null, approve: null, reason: null };
        await workflows.answer(id, answer, key, context());
      }
    },

    async onboardings(which) {
      const filter = which === 'OPEN' ? { states: ['RUNNING', 'PARKED'] as const } : {};
      const found: WorkflowView[] = [];
      for (let more = true; more;) {
        const next = await workflows.page(filter, { first: page, after: found.at(-1)?.id ?? null });
        found.push(...next.workflows);
        more = next.hasNextPage;
      }
      const keys = await identity.crosswalk.keysOf(found.map(({ entityId }) => entityId));
      const writes = Map.groupBy(await writesOfWorkflows(db), ({ workflow }) => workflow);
      return found.map((workflow) => ({
        ...shown(workflow),
        keys: keys.get(workflow.entityId) ?? {},
        writes: (writes.get(workflow.id) ?? []).map(({ id }) => id),
      }));
    },
  };
}

/** The writes that workflows have ordered, and the copies of these. */
export function writesOfWorkflows(db: Db): Promise<{ readonly id: string; readonly workflow: string }[]> {
  return db.query(
    `select w.id, split_part(coalesce(p.idempotency_key, w.idempotency_key), ':', 1) as workflow
     from coordination_write w left join coordination_write p on p.id = w.parent
     where coalesce(p.subject, w.subject) = 'coordination/workflows'`,
  );
}
