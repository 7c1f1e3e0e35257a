import type { Continue } from '../../steward/index.ts';
import { questionOf } from './kinds.ts';
import { meantBySame } from './question.ts';
import type { Answer } from './workflow.ts';
import type { Workflows } from './workflows.ts';

/** What a steward has decided about a question of a workflow, carried out; again, it changes nothing. */
export function questionDecided(workflows: Workflows): Continue {
  return async ({ item, decision, by, reason }) => {
    const id = item.waiting.workflow ?? '';
    const workflow = await workflows.workflow(id);
    const question = workflow && questionOf(workflow);
    // Answered meanwhile, by whoever it was: nothing is left to be done.
    if (!question || item.key !== `${id} ${question.kind}`) return { status: 'DONE' };
    const asked = question.kind === 'DUPLICATE' ? question.candidates.map((one) => one.id) : [];
    const say = (said: Partial<Answer>) =>
      workflows.conclude(id, { ...nothing, reason, ...said }, by, item.id);
    const { refusals } = await {
      CONTINUE: () => workflows.tryAgain(id, by),
      CANCEL: () => workflows.cancel(id, reason, by, null),
      DIFFERENT: () => say({ different: asked }),
      SAME: () => say({ sameAs: question.kind === 'DUPLICATE' ? meantBySame(question.candidates) : null }),
    }[decision as 'CONTINUE' | 'CANCEL' | 'DIFFERENT' | 'SAME']();
    const [refusal] = refusals;
    return refusal ? { status: 'REFUSED', code: refusal.code, message: refusal.message } : { status: 'DONE' };
  };
}

const nothing: Answer = { values: {}, different: [], sameAs: null, approve: null, reason: null };
