import type { Register } from './visible.ts';
import type { ShownWorkflow } from './shown.ts';
import type { RequestContext } from '../../runtime/context.ts';
import { seesBy } from '../visible.ts';

const ids = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;

/** A workflow without the other customers in it whom its reader does not see, and without how many there are. */
export async function withheld(
  shown: ShownWorkflow,
  register: Register,
  context: RequestContext,
): Promise<ShownWorkflow> {
  if (register.rowsOf(context) === null) return shown;
  const { question, ending, timeline } = shown;
  const named = new Set([
    ...(question?.candidates ?? []).map(({ customer }) => customer.id),
    ...(ending?.duplicateOf ? [ending.duplicateOf.id] : []),
    ...timeline.flatMap(({ message }) => message.match(ids) ?? []),
    ...(ending?.message.match(ids) ?? []),
  ]);
  const sees = seesBy(register);
  const checked = await Promise.all([...named].map(async (id) => ((await sees(id, context)) ? [id] : [])));
  const seen = new Set(checked.flat());
  const told = (message: string) => message.replace(ids, (id) => (seen.has(id) ? id : '…'));
  return {
    ...shown,
    question: question && {
      ...question,
      candidates: question.candidates.filter(({ customer }) => seen.has(customer.id)),
    },
    ending: ending && {
      ...ending,
      message: told(ending.message),
      duplicateOf: ending.duplicateOf && seen.has(ending.duplicateOf.id) ? ending.duplicateOf : null,
    },
    timeline: timeline.map((entry) => ({
      ...entry,
      message: entry.event === 'CHECKED' ? compared : told(entry.message),
    })),
  };
}

const compared = 'Other customers that may be the same were looked for.';
