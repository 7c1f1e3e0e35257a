import { newMemo, requestContext } from '../../runtime/context.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Identity } from '../../identity/index.ts';
import type { Participant, ParticipantCall } from '../participant.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import { candidatesIn, type Matches } from './candidates.ts';
import type { Reference } from './reference/reference.ts';
import type { Command, Workflow, WorkflowEvent } from './workflow.ts';
import type { Writes } from './writes.ts';

export interface ActOptions {
  readonly participants: ReadonlyMap<SystemName, Participant>;
  readonly matches: Matches;
  readonly register: Pick<Identity['register'], 'enrol'>;
  readonly reference: Reference;
  readonly writes: Writes;
  /** Milliseconds for one call to a system or to the reference. */
  readonly callTimeout: number;
}

/** A command that does something. */
export type Deed = Exclude<Command, { do: 'WAIT' | 'END' }>;

/** Does what was decided, and says what has come of it. Whoever cannot be reached is an answer; a fault of ours rejects. */
export function actIn({ participants, matches, register, reference, writes, callTimeout }: ActOptions) {
  async function read(
    workflow: Workflow,
    { system, attributes }: Extract<Deed, { do: 'READ' }>,
  ): Promise<WorkflowEvent> {
    const changes = Object.fromEntries(attributes.map((name) => [name, null]));
    const { entity, entityId } = workflow;
    const examination = { entity, entityId, kind: 'OWNER', changes, validate: false } as const;
    const examined = await participants.get(system)?.examine(examination, callOf(workflow, callTimeout));
    if (!examined || examined.unreachable) return later(system, examined?.unreachable?.code);
    return { type: 'READ', system, values: examined.found?.values ?? null };
  }

  async function enrich(
    { correlationId, traceparent }: Workflow,
    { of }: Extract<Deed, { do: 'ENRICH' }>,
  ): Promise<WorkflowEvent> {
    const signal = AbortSignal.timeout(callTimeout);
    const context = requestContext({
      correlationId,
      traceparent,
      timeout: callTimeout,
      signal,
      caller: 'coordination',
    });
    try {
      const enrichment = await reference.enrich(of, context);
      return { type: 'ENRICHED', of, enrichment };
    } catch (error) {
      if (error instanceof Failure) return later('reference', error.code);
      throw error;
    }
  }

  return async (workflow: Workflow, deed: Deed): Promise<WorkflowEvent> => {
    switch (deed.do) {
      case 'READ':
        return read(workflow, deed);
      case 'MATCH': {
        const call = callOf(workflow, callTimeout);
        const found = await candidatesIn({ participants, matches }, workflow, deed, call);
        if (found === 'LATER') return later('CRM');
        if (deed.toBeMade && found.length === 0)
          await register.enrol([{ id: workflow.entityId, records: [], facts: deed.facts }]);
        return { type: 'MATCHED', facts: deed.facts, candidates: found };
      }
      case 'ENRICH':
        return enrich(workflow, deed);
      case 'WRITE':
        return { type: 'WRITTEN', place: deed.place, write: await writes.ordered(workflow, deed) };
      case 'STOP':
        return { type: 'WRITTEN', place: deed.place, write: await writes.stopped(workflow, deed.place) };
    }
  };
}

function later(who: string, code = 'SYSTEM_UNAVAILABLE'): WorkflowEvent {
  return { type: 'LATER', who, code };
}

function callOf({ correlationId, traceparent }: Workflow, timeout: number): ParticipantCall {
  return { correlationId, traceparent, timeout, memo: newMemo() };
}
