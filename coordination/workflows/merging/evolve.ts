import { isOver as isWritten } from '../../write.ts';
import { standingAs } from '../stand.ts';
import { nameOf, reopened } from '../undoing.ts';
import type { Ending, Workflow, WorkflowEvent } from '../workflow.ts';
import type { MergeEvent } from './commands.ts';
import type { Memory } from './memory.ts';
import { mergePlanOf, mergesOf, takesOf, type Parties } from './plan.ts';
import { againstMerge } from './refused.ts';
import { standingOf } from './standing.ts';

/** The merge after something has happened. Pure. */
export function evolve(workflow: Workflow<Memory>, event: MergeEvent): Workflow<Memory> {
  const memory = remembered(workflow.memory, event);
  return standingAs(workflow, memory, standingOf(memory));
}

function remembered(memory: Memory, event: MergeEvent): Memory {
  switch (event.type) {
    case 'HELD': {
      const { busy, asked } = event.hold;
      if (busy !== null) return ended(memory, 'BLOCKED', `The workflow ${busy} has one of the customers.`);
      if (asked.length > 0)
        return ended(memory, 'BLOCKED', `Writes wait for a person: ${asked.slice(0, 10).join(', ')}.`);
      return { ...memory, waits: 0, held: true };
    }
    case 'LOOKED':
      return looked({ ...memory, waits: 0 }, event.parties);
    case 'JOINED':
      return { ...memory, waits: 0, joined: true };
    case 'WRITTEN':
      return written(memory, event);
    case 'LATER':
      return { ...memory, waits: memory.waits + 1 };
    case 'WOKEN':
    case 'RETRIED': {
      const standing = standingOf(memory);
      const question = 'question' in standing ? standing.question : undefined;
      return question?.kind === 'WRITE'
        ? { ...memory, writes: reopened(memory.writes, question.write) }
        : memory;
    }
    case 'CANCELLING': {
      const ending = { state: 'CANCELLED', code: 'CANCELLED', message: `Cancelled by ${event.by}.` } as const;
      return memory.ending ? memory : { ...memory, ending };
    }
    // It asks nothing that is answered here.
    case 'READ':
    case 'ANSWERED':
      return memory;
  }
}

/** What was agreed to, or whatever the two are like now that nobody else writes to them. */
function looked(memory: Memory, parties: Parties): Memory {
  const plan = mergePlanOf(parties, memory);
  const [refusal] = againstMerge(parties, memory, plan);
  if (refusal) return ended(memory, 'BLOCKED', refusal.message);
  if (memory.planHash !== null && memory.planHash !== plan.hash)
    return ended(memory, 'PLAN_CHANGED', 'What would be done is no longer what was planned; plan again.');
  const merges = mergesOf(plan);
  const gone = merges.flatMap(({ system, merge }) => (merge ? [{ system, key: merge.from }] : []));
  return { ...memory, ordered: { takes: takesOf(plan, parties), merges, gone } };
}

function written(memory: Memory, { place, write }: Extract<WorkflowEvent, { type: 'WRITTEN' }>): Memory {
  const stubborn = memory.ending !== null && write !== null && !isWritten(write.state);
  const next = {
    ...memory,
    waits: stubborn ? memory.waits + 1 : 0,
    writes: { ...memory.writes, [nameOf(place)]: write },
  };
  if (place.undo || !write || !isWritten(write.state)) return next;
  if (write.state === 'SUCCEEDED' || write.state === 'REVIEW') return next;
  const codes = write.causes.map(({ code, attribute }) =>
    attribute === undefined ? code : `${attribute}: ${code}`,
  );
  return ended(next, 'REFUSED', `A system has refused its part: ${codes.join(', ')}.`);
}

function ended(memory: Memory, code: Ending['code'], message: string): Memory {
  return memory.ending ? memory : { ...memory, waits: 0, ending: { state: 'FAILED', code, message } };
}
