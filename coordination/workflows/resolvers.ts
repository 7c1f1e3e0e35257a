import DataLoader from 'dataloader';
import type { RequestContext } from '../../runtime/context.ts';
import { decodeCursor, encodeCursor, pageSize } from '../../runtime/cursor.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Resolvers as ContractResolvers } from '../../schema/generated/coordination.ts';
import { storedId } from '../asked.ts';
import type { Complete } from '../complete.ts';
import type { WriteView } from '../coordination.ts';
import type { PageArgs } from '../pages.ts';
import type { Refusal } from '../refusal.ts';
import { shownRefusal, shownWrite } from '../shown.ts';
import { sightOf } from '../sight.ts';
import { answerOf, eraseOf, keyOf, mergeOf, onboardOf, workflowFilterOf } from './asked.ts';
import { shownMergePlan } from './merging/shown.ts';
import { keyRequired } from './refusals.ts';
import { shownWorkflow, type ShownWorkflow } from './shown.ts';
import type { Decided, Started, WorkflowFilter, Workflows, WorkflowView } from './workflows.ts';

const list = 'workflows 1';

/** The public surface of workflows, as part of that of governed writes. */
export function workflowResolvers(workflows: Workflows, complete: Complete) {
  async function page(filter: WorkflowFilter, { first, after }: PageArgs) {
    const from = after == null ? null : decodeCursor(list, after);
    if (from !== null && storedId(from) !== from)
      throw new Failure('INVALID_CURSOR', 'This cursor was changed; use an endCursor as it was given.');
    const found = await workflows.page(filter, { first: pageSize(first), after: from });
    const edges = found.workflows.map((workflow) => ({
      cursor: encodeCursor(list, workflow.id),
      node: shownWorkflow(workflow),
    }));
    return {
      edges,
      pageInfo: {
        hasNextPage: found.hasNextPage,
        hasPreviousPage: from !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    };
  }

  /** The writes of all workflows of one request are read at once. */
  async function writesOf(ids: readonly string[], context: RequestContext) {
    const loader = context.memo(
      workflows,
      () =>
        new DataLoader<string, WriteView | null>(async (all) => {
          const found = await workflows.writes(all);
          return all.map((id) => found.get(id) ?? null);
        }),
    );
    const found = await Promise.all(ids.map((id) => loader.load(id)));
    const sight = sightOf('Customer', context.principal);
    return found.flatMap((write) => (write ? [shownWrite(write, sight)] : []));
  }

  async function started(
    input: Parameters<typeof keyOf>[0],
    context: RequestContext,
    start: (key: string | null) => Promise<Started>,
  ) {
    const key = keyOf(input, context);
    const { workflow, refusals, replayed } = isRefusal(key)
      ? { workflow: null, refusals: [key], replayed: false }
      : await start(key);
    return {
      workflow: workflow && shownWorkflow(workflow),
      refusals: shownRefusals(refusals, context),
      replayed,
    };
  }

  async function decided(id: string, decide: (id: string) => Promise<Decided>, context: RequestContext) {
    const stored = storedId(id);
    const { workflow, refusals } =
      stored === null ? { workflow: null, refusals: [unknownWorkflow] } : await decide(stored);
    return { workflow: workflow && shownWorkflow(workflow), refusals: shownRefusals(refusals, context) };
  }

  return {
    Query: {
      async customerWorkflow(_, { id }) {
        const stored = storedId(id);
        const view = stored === null ? null : await workflows.workflow(stored);
        return view && shownWorkflow(view);
      },
      customerWorkflows: (_, { filter, ...asked }) => page(workflowFilterOf(filter), asked),
      planMerge: async (_, asked, context) =>
        shownMergePlan(
          await workflows.planMerge(mergeOf(asked), context),
          sightOf('Customer', context.principal),
        ),
    },
    Mutation: {
      onboardCustomer: (_, { input }, context) =>
        started(input, context, (key) => workflows.onboard(onboardOf(input, key, complete), context)),
      eraseCustomer: (_, { input }, context) =>
        started(input, context, (key) => workflows.erase(eraseOf(input, key), context)),
      mergeCustomers: (_, { input }, context) =>
        started(input, context, (key) => {
          const { planHash = null, reason } = input;
          return workflows.merge({ ...mergeOf(input), planHash, reason, key }, context);
        }),
      unmergeCustomers: (_, { input }, context) =>
        started(input, context, (key) => {
          const { customerId, reason } = input;
          return workflows.unmerge({ customerId, reason, key }, context);
        }),
      answerWorkflow: (_, { id, answer }, context) =>
        decided(
          id,
          async (of) => {
            const key = keyOf(answer, context);
            if (key === null || isRefusal(key))
              return { workflow: await workflows.workflow(of), refusals: [key ?? keyRequired] };
            return workflows.answer(of, answerOf(answer, complete), key, context);
          },
          context,
        ),
      cancelWorkflow: (_, { id, reason = null }, context) =>
        decided(id, (of) => workflows.cancel(of, reason, context.principal.subject, context), context),
      retryWorkflow: (_, { id }, context) => decided(id, (of) => workflows.retry(of, context), context),
    },
    Subscription: {
      customerWorkflowProgress: {
        async subscribe(_, { id }, context) {
          const stored = storedId(id);
          const progress = stored === null ? null : await workflows.progress(stored, context.signal);
          if (progress) return progress;
          throw new Failure('NOT_FOUND', unknownWorkflow.message);
        },
        resolve: (view: WorkflowView) => shownWorkflow(view),
      },
    },
    Customer: {
      async workflows({ id }, asked) {
        const stored = storedId(id);
        return stored === null ? null : page({ entityIds: [stored] }, asked);
      },
    },
    // What was shown of a workflow is their parent, with more than the contract says of it.
    CustomerWorkflow: {
      writes: (parent, _, context) => writesOf((parent as unknown as ShownWorkflow).writeIds, context),
    },
    WorkflowQuestion: {
      async write(parent, _, context) {
        const { writeId } = parent as unknown as NonNullable<ShownWorkflow['question']>;
        return writeId === null ? null : ((await writesOf([writeId], context))[0] ?? null);
      },
    },
  } satisfies ContractResolvers;
}

function isRefusal(key: string | Refusal | null): key is Refusal {
  return typeof key === 'object' && key !== null;
}

function shownRefusals(refusals: readonly Refusal[], { principal }: RequestContext) {
  const sight = sightOf('Customer', principal);
  return refusals.map((refusal) => shownRefusal(refusal, sight));
}

const unknownWorkflow: Refusal = {
  code: 'UNKNOWN_WORKFLOW',
  message: 'There is no workflow with this id; give one that a payload or customerWorkflows told.',
};
