import { newMemo } from '../../runtime/context.ts';
import type { ParticipantCall } from '../participant.ts';
import type { Workflow, WorkflowEvent } from './workflow.ts';

/** A call to a system in the name of a workflow; `timeout` in milliseconds. */
export function callOf({ correlationId, traceparent }: Workflow, timeout: number): ParticipantCall {
  return { correlationId, traceparent, timeout, memo: newMemo() };
}

/** Somebody cannot be reached: the workflow asks again after a pause. */
export function later(who: string, code = 'SYSTEM_UNAVAILABLE'): WorkflowEvent {
  return { type: 'LATER', who, code };
}
