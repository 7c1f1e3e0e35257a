import type { RequestContext } from '../runtime/context.ts';
import { Failure } from '../runtime/failure.ts';
import type { RowsOf } from '../runtime/rows.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { Resolvers as ContractResolvers } from '../schema/generated/coordination.ts';
import { contractOf } from '../schema/load.ts';
import { changeOf, deadLetterFilterOf, statusChangeOf, storedId, updateOf, writeFilterOf } from './asked.ts';
import { completerOf } from './complete.ts';
import type { Coordination, Decided, Updated, WriteView } from './coordination.ts';
import type { DifferenceOf } from './difference.ts';
import type { Indicators } from './indicators/open.ts';
import { indicatorResolvers } from './indicators/resolvers.ts';
import { pageOf, pendingIn, shownPage } from './pages.ts';
import { shownPlan } from './planned.ts';
import type { Refusal } from './refusal.ts';
import { shownRefusal, shownWrite } from './shown.ts';
import { mayOperate, sightOf } from './sight.ts';
import { workflowResolvers } from './workflows/resolvers.ts';
import type { Register } from './workflows/visible.ts';
import type { Workflows } from './workflows/workflows.ts';

/** The public surface of governed writes, ready to be built into a schema with its contract. */
export function coordinationSubgraph(
  coordination: Coordination,
  workflows: Workflows,
  register: Register,
  difference: DifferenceOf,
  indicators: Indicators,
): {
  readonly name: string;
  readonly resolvers: Resolvers;
} {
  const complete = completerOf(contractOf('coordination').document, 'CustomerChangesInput');
  const pending = pendingIn(coordination);
  const ofWorkflows = workflowResolvers(workflows, complete, register);
  const { rowsOf } = register;
  const { shown, shownRefusals, updated, decided } = tellingBy(rowsOf);

  return {
    name: 'coordination',
    resolvers: {
      ...ofWorkflows,
      Query: {
        ...ofWorkflows.Query,
        ...indicatorResolvers(indicators).Query,
        async planCustomerUpdate(_, { input }, context) {
          const planned = await coordination.plan(changeOf(input, complete), context);
          return shownPlan(planned, 'Customer', sightOf('Customer', context, rowsOf));
        },
        async planCustomerStatus(_, { input }, context) {
          const asked = statusChangeOf(input, { idempotencyKey: null });
          if ('code' in asked) throw new Failure('BAD_USER_INPUT', asked.message);
          const planned = await coordination.planStatus(asked, context);
          return shownPlan(planned, 'Customer', sightOf('Customer', context, rowsOf));
        },
        async customerWrite(_, { id }, context) {
          const stored = storedId(id);
          return shown(stored === null ? null : await coordination.write(stored, context), context);
        },
        async customerWrites(_, { filter, ...asked }, context) {
          const page = pageOf(asked);
          const found = await coordination.writes(writeFilterOf(filter), page, context);
          return shownPage(found, page, (write) => shown(write, context));
        },
      },
      Mutation: {
        ...ofWorkflows.Mutation,
        async updateCustomer(_, { input }, context) {
          const asked = updateOf(input, context, complete);
          return updated(
            'code' in asked ? refused(asked) : await coordination.update(asked, context),
            context,
          );
        },
        async changeCustomerStatus(_, { input }, context) {
          const asked = statusChangeOf(input, context);
          return updated(
            'code' in asked ? refused(asked) : await coordination.changeStatus(asked, context),
            context,
          );
        },
        cancelWrite: (_, { id }, context) => decided(id, context, (of) => coordination.cancel(of, context)),
        approveWrite: (_, { id }, context) => decided(id, context, (of) => coordination.approve(of, context)),
        declineWrite: (_, { id, reason = null }, context) =>
          decided(id, context, (of) => coordination.decline(of, reason, context)),
        retryWrite: (_, { id }, context) =>
          decided(id, context, async (of) =>
            mayOperate(context.principal)
              ? coordination.retry(of, context)
              : { write: null, refusals: [notOperator] },
          ),
        async redriveDeadLetters(_, { filter, dryRun }, context) {
          const redriven = mayOperate(context.principal)
            ? await coordination.redrive(deadLetterFilterOf(filter), dryRun, context)
            : { writes: [], count: 0, refusals: [notOperator] };
          return {
            writes: redriven.writes.map((write) => shown(write, context)),
            count: redriven.count,
            refusals: shownRefusals(redriven.refusals, context),
          };
        },
      },
      Subscription: {
        ...ofWorkflows.Subscription,
        customerWriteProgress: {
          async subscribe(_, { id }, context) {
            const stored = storedId(id);
            const progress = stored === null ? null : await coordination.progress(stored, context);
            if (progress) return progress;
            throw new Failure('NOT_FOUND', unknownWrite.message);
          },
          resolve: (view: WriteView, _: unknown, context: RequestContext) => shown(view, context),
        },
      },
      // Told of by others, as by a work item: whoever leads here says who may see it.
      CustomerWrite: {
        async __resolveReference({ id }, context) {
          const stored = storedId(id);
          return shown(stored === null ? null : await coordination.write(stored, context), context);
        },
      },
      WorkItem: {
        __resolveReference: ({ id }) => ({ id }),
        difference: ({ id }, _, context) => difference(id, context),
      },
      Customer: {
        ...ofWorkflows.Customer,
        // A reference says everything that is needed.
        __resolveReference: ({ id }) => ({ id }),
        async pendingWrites({ id }, asked, context) {
          const page = pageOf(asked);
          const stored = storedId(id);
          if (stored === null) return null;
          return shownPage(await pending(stored, page, context), page, (write) => shown(write, context));
        },
      },
    } satisfies ContractResolvers,
  };
}

/** Writes and refusals in the contract's form, as far as their caller may see what they speak of. */
function tellingBy(rowsOf: RowsOf) {
  function shown(write: WriteView, context: RequestContext): ReturnType<typeof shownWrite>;
  function shown(write: WriteView | null, context: RequestContext): ReturnType<typeof shownWrite> | null;
  function shown(write: WriteView | null, context: RequestContext) {
    return write && shownWrite(write, sightOf('Customer', context, rowsOf));
  }
  const shownRefusals = (refusals: readonly Refusal[], context: RequestContext) => {
    const sight = sightOf('Customer', context, rowsOf);
    return refusals.map((refusal) => shownRefusal(refusal, sight));
  };
  return {
    shown,
    shownRefusals,
    updated: ({ write, refusals, entityId, followedMerge, replayed }: Updated, context: RequestContext) => ({
      write: shown(write, context),
      refusals: shownRefusals(refusals, context),
      // By its key alone: the gateway reads the rest after the effect.
      customer: entityId === null ? null : { id: entityId },
      followedMerge,
      replayed,
    }),
    decided: async (id: string, context: RequestContext, decide: (id: string) => Promise<Decided>) => {
      const stored = storedId(id);
      const { write, refusals } =
        stored === null ? { write: null, refusals: [unknownWrite] } : await decide(stored);
      return { write: shown(write, context), refusals: shownRefusals(refusals, context) };
    },
  };
}

function refused(refusal: Refusal): Updated {
  return { write: null, refusals: [refusal], entityId: null, followedMerge: false, replayed: false };
}

const unknownWrite: Refusal = {
  code: 'UNKNOWN_WRITE',
  message: 'There is no write with this id; give one that a payload or customerWrites told.',
};
const notOperator: Refusal = {
  code: 'NOT_PERMITTED',
  message: 'This needs the scope customer:operate:writes.',
};
