import type { Identity } from '../../identity/index.ts';
import type { RequestContext } from '../../runtime/context.ts';
import { strangersIn } from '../named.ts';
import type { Refusal } from '../refusal.ts';
import { seesBy, whileSeen } from '../visible.ts';
import { notAsked } from './decisions.ts';
import type { Decided, Workflows, WorkflowView } from './workflows.ts';

/** What tells who sees which customers. */
export type Register = Pick<Identity, 'loadersOf' | 'rowsOf' | 'isBlank'>;

/** Workflows as one caller meets them: those of customers whom it does not see are unknown to it. */
export type SeenWorkflows = Pick<
  Workflows,
  'onboard' | 'workflow' | 'page' | 'progress' | 'answer' | 'cancel' | 'retry'
>;

/**
 * Workflows for one caller. While nothing is known of a customer that is only being made, whoever asked for it sees how it
 * comes on.
 */
export function workflowsFor(
  workflows: Workflows,
  register: Register,
  context: RequestContext,
): SeenWorkflows {
  const rows = register.rowsOf(context);
  if (rows === null) return workflows;
  const { subject } = context.principal;
  const sees = seesBy(register);
  const seen = async (view: WorkflowView): Promise<boolean> =>
    (await sees(view.entityId, context)) ||
    (view.requestedBy === subject && (await register.isBlank(view.entityId)));

  async function workflow(id: string): Promise<WorkflowView | null> {
    const view = await workflows.workflow(id);
    return view && (await seen(view)) ? view : null;
  }
  const decide = async (id: string, decision: () => Promise<Decided>): Promise<Decided> =>
    (await workflow(id)) ? decision() : { workflow: null, refusals: [unknownWorkflow] };

  return {
    async onboard(asked, of) {
      const strangers = await strangersIn({ entity: asked.entity, changes: asked.values }, register, context);
      return strangers.length > 0
        ? { workflow: null, refusals: strangers, replayed: false }
        : workflows.onboard(asked, of);
    },
    workflow,
    page: (filter, page) => workflows.page({ ...filter, rows, subject }, page),
    async progress(id, signal) {
      const stream = (await workflow(id)) && (await workflows.progress(id, signal));
      return (
        stream &&
        whileSeen(stream, (view) => {
          // A request remembers what it has read; what is to be known here is how it is now.
          register.loadersOf(context).forget(view.entityId);
          return seen(view);
        })
      );
    },
    answer: (id, answer, key, of) =>
      decide(id, async () => {
        const named = [...answer.different, ...(answer.sameAs === null ? [] : [answer.sameAs])];
        const known = await Promise.all(named.map((one) => sees(one, context)));
        const refusals = [
          ...named.filter((_, i) => !known[i]).map(notAsked),
          ...(await strangersIn({ entity: 'Customer', changes: answer.values }, register, context)),
        ];
        return refusals.length > 0
          ? { workflow: await workflow(id), refusals }
          : workflows.answer(id, answer, key, of);
      }),
    cancel: (id, reason, by, of) => decide(id, () => workflows.cancel(id, reason, by, of)),
    retry: (id, of) => decide(id, () => workflows.retry(id, of)),
  };
}

export const unknownWorkflow: Refusal = {
  code: 'UNKNOWN_WORKFLOW',
  message: 'There is no workflow with this id; give one that a payload or customerWorkflows told.',
};
