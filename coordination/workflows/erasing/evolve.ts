import { standingAs } from '../stand.ts';
import type { Place, Workflow, Written } from '../workflow.ts';
import type { ErasureEvent } from './commands.ts';
import { erasing, type ErasingStage, type Memory, type Receipt } from './memory.ts';
import { standingOf } from './standing.ts';

/** The erasure after something has happened. Pure. */
export function evolve(workflow: Workflow<Memory>, event: ErasureEvent): Workflow<Memory> {
  const memory = remembered(workflow.memory, event);
  return standingAs(workflow, memory, standingOf(memory));
}

function remembered(memory: Memory, event: ErasureEvent): Memory {
  switch (event.type) {
    case 'GUARDED': {
      const [objection] = event.objections;
      const message = event.objections.map((one) => one.message).join(' ');
      return objection
        ? { ...memory, waits: 0, ending: { state: 'FAILED', code: 'NOT_ERASABLE', message } }
        : { ...memory, waits: 0, looked: true, guarded: memory.approvedBy !== null };
    }
    case 'WRITTEN':
      return {
        ...memory,
        waits: 0,
        receipts: { ...memory.receipts, ...receiptOf(event.place, event.write) },
      };
    case 'FORGOTTEN':
      return { ...memory, waits: 0, forgotten: true };
    case 'LATER':
      return { ...memory, waits: memory.waits + 1 };
    case 'ANSWERED': {
      const { by, answer } = event;
      if (answer.approve === true) return { ...memory, approvedBy: by };
      if (answer.approve !== false) return memory;
      return { ...memory, ending: { state: 'FAILED', code: 'DECLINED', message: `Declined by ${by}.` } };
    }
    case 'CANCELLING': {
      const message = `Cancelled by ${event.by}.`;
      return { ...memory, ending: { state: 'CANCELLED', code: 'CANCELLED', message } };
    }
    case 'WOKEN':
    case 'RETRIED':
      return anew(memory, event.type === 'RETRIED');
    case 'READ':
      return memory;
  }
}

function receiptOf({ stage }: Place, write: Written | null): Memory['receipts'] {
  const own = erasing.find((one) => one === stage);
  if (!own || !write) return {};
  const { id, state, applied, system, causes } = write;
  return { [own]: { id, state, applied, system, codes: causes.map(({ code }) => code) } };
}

/** What waited for a person is looked at again; what was refused is another write once somebody has it tried again. */
function anew(memory: Memory, retried: boolean): Memory {
  const stage = erasing.find((one) => isStuck(memory.receipts[one]));
  const receipt = stage && memory.receipts[stage];
  if (!stage || !receipt) return memory;
  if (receipt.state === 'REVIEW')
    return { ...memory, receipts: { ...memory.receipts, [stage]: { ...receipt, state: 'PENDING' } } };
  return retried ? repeated(memory, stage) : memory;
}

function repeated({ receipts, generations, ...memory }: Memory, stage: ErasingStage): Memory {
  const others = Object.fromEntries(Object.entries(receipts).filter(([name]) => name !== stage));
  const generation = (generations[stage] ?? 0) + 1;
  return { ...memory, receipts: others, generations: { ...generations, [stage]: generation } };
}

function isStuck(receipt: Receipt | undefined): boolean {
  return receipt !== undefined && ['REVIEW', 'FAILED', 'PARTIAL', 'CANCELLED'].includes(receipt.state);
}
