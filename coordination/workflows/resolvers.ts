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
import { unknownWorkflow, workflowsFor, type Register } from './visible.ts';
import { withheld } from './withheld.ts';
import type { Decided, Started, WorkflowFilter, Workflows, WorkflowView } from './workflows.ts';

const list = 'workflows 1';

/** The public surface of workflows, as part of that of governed writes. */
export function workflowResolvers(workflows: Workflows, complete: Complete, register: Register) {
  const { rowsOf } = register;
  /** Those that a caller sees. */
  const of = (context: RequestContext) => workflowsFor(workflows, register, context);
  const shownTo = (view: WorkflowView, context: RequestContext) =>
    withheld(shownWorkflow(view), register, context);

  async function page(filter: WorkflowFilter, { first, after }: PageArgs, context: RequestContext) {
    const from = after == null ? null : decodeCursor(list, after);
    if (from !== null && storedId(from) !== from)
      throw new Failure('INVALID_CURSOR', 'This cursor was changed; use an endCursor as it was given.');
    const found = await of(context).page(filter, { first: pageSize(first), after: from });
    const edges = await Promise.all(
      found.workflows.map(async (workflow) => ({
        cursor: encodeCursor(list, workflow.id),
        node: await shownTo(workflow, context),
      })),
    );
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
    const sight = sightOf('Customer', context, rowsOf);
    return found.flatMap((write) => (write ? [shownWrite(write, sight)] : []));
  }

  function shownRefusals(refusals: readonly Refusal[], context: RequestContext) {
    const sight = sightOf('Customer', context, rowsOf);
    return refusals.map((refusal) => shownRefusal(refusal, sight));
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
      workflow: workflow && (await shownTo(workflow, context)),
      refusals: shownRefusals(refusals, context),
      replayed,
    };
  }

  async function decided(id: string, decide: (id: string) => Promise<Decided>, context: RequestContext) {
    const stored = storedId(id);
    const { workflow, refusals } =
      stored === null ? { workflow: null, refusals: [unknownWorkflow] } : await decide(stored);
    return {
      workflow: workflow && (await shownTo(workflow, context)),
      refusals: shownRefusals(refusals, context),
    };
  }

  return {
    Query: {
      async customerWorkflow(_, { id }, context) {
        const stored = storedId(id);
        const view = stored === null ? null : await of(context).workflow(stored);
        return view && shownTo(view, context);
      },
      customerWorkflows: (_, { filter, ...asked }, context) => page(workflowFilterOf(filter), asked, context),
      planMerge: async (_, asked, context) =>
        shownMergePlan(
          await workflows.planMerge(mergeOf(asked), context),
          sightOf('Customer', context, rowsOf),
        ),
    },
    Mutation: {
      onboardCustomer: (_, { input }, context) =>
        started(input, context, (key) => of(context).onboard(onboardOf(input, key, complete), context)),
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
          async (stored) => {
            const key = keyOf(answer, context);
            if (key === null || isRefusal(key))
              return { workflow: await of(context).workflow(stored), refusals: [key ?? keyRequired] };
            return of(context).answer(stored, answerOf(answer, complete), key, context);
          },
          context,
        ),
      cancelWorkflow: (_, { id, reason = null }, context) =>
        decided(
          id,
          (stored) => of(context).cancel(stored, reason, context.principal.subject, context),
          context,
        ),
      retryWorkflow: (_, { id }, context) =>
        decided(id, (stored) => of(context).retry(stored, context), context),
    },
    Subscription: {
      customerWorkflowProgress: {
        async subscribe(_, { id }, context) {
          const stored = storedId(id);
          const progress = stored === null ? null : await of(context).progress(stored, context.signal);
          if (progress) return progress;
          throw new Failure('NOT_FOUND', unknownWorkflow.message);
        },
        resolve: (view: WorkflowView, _: unknown, context: RequestContext) => shownTo(view, context),
      },
    },
    Customer: {
      async workflows({ id }, asked, context) {
        const stored = storedId(id);
        return stored === null ? null : page({ entityIds: [stored] }, asked, context);
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
