import { standingAs } from '../stand.ts';
import { reopened } from '../undoing.ts';
import type { Workflow } from '../workflow.ts';
import type { UnmergeEvent } from './commands.ts';
import type { Memory } from './memory.ts';
import { nameOf, standingOf } from './standing.ts';

/** The unmerge after something has happened. Pure. */
export function evolve(workflow: Workflow<Memory>, event: UnmergeEvent): Workflow<Memory> {
  const memory = remembered(workflow.memory, event);
  return standingAs(workflow, memory, standingOf(memory));
}

function remembered(memory: Memory, event: UnmergeEvent): Memory {
  switch (event.type) {
    case 'HELD': {
      const { busy } = event.hold;
      if (busy === null) return { ...memory, waits: 0, held: true };
      const message = `The workflow ${busy} has one of the customers.`;
      return { ...memory, ending: { state: 'FAILED', code: 'BLOCKED', message } };
    }
    case 'PARTED':
      return { ...memory, waits: 0, parted: true };
    case 'READ':
      return { ...memory, waits: 0, present: { ...memory.present, [event.system]: event.values } };
    case 'WRITTEN':
      return { ...memory, waits: 0, writes: { ...memory.writes, [nameOf(event.place)]: event.write } };
    case 'RELEASED':
      return { ...memory, waits: 0, released: true };
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
    case 'CANCELLING':
      return {
        ...memory,
        ending: { state: 'CANCELLED', code: 'CANCELLED', message: `Cancelled by ${event.by}.` },
      };
    // It asks nothing that is answered here.
    case 'ANSWERED':
      return memory;
  }
}
