import type { Identity } from '../../../identity/index.ts';
import { requestContext } from '../../../runtime/context.ts';
import { Failure } from '../../../runtime/failure.ts';
import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { Participant } from '../../participant.ts';
import { callOf, later } from '../calls.ts';
import type { Carried } from '../carried.ts';
import type { Reference } from '../reference/reference.ts';
import type { Workflow } from '../workflow.ts';
import { candidatesIn, type Matches } from './candidates.ts';
import type { OnboardingCommand, OnboardingEvent } from './commands.ts';
import { onboarding, sameIn, type Memory } from './index.ts';

export interface OnboardingOptions {
  readonly participants: ReadonlyMap<SystemName, Participant>;
  readonly matches: Matches;
  readonly identity: Pick<Identity, 'register' | 'verdicts' | 'takenForSame' | 'avoided'>;
  readonly reference: Reference;
  /** Milliseconds for one call to a system or to the reference. */
  readonly callTimeout: number;
}

/** What onboardings alone have done, and what follows from what happens to them. */
export function onboardingIn({
  participants,
  matches,
  identity: { register, verdicts, takenForSame, avoided },
  reference,
  callTimeout,
}: OnboardingOptions): Carried<Memory, OnboardingCommand, OnboardingEvent> {
  async function match(
    workflow: Workflow<Memory>,
    command: Extract<OnboardingCommand, { do: 'MATCH' }>,
  ): Promise<OnboardingEvent> {
    const { facts, toBeMade } = command;
    const found = await candidatesIn(
      { participants, matches },
      workflow,
      command,
      callOf(workflow, callTimeout),
    );
    if (found === 'LATER') return later('CRM');
    if (toBeMade && found.length === 0) await register.enrol([{ id: workflow.entityId, records: [], facts }]);
    return { type: 'MATCHED', facts, candidates: found };
  }

  async function enrich(
    { correlationId, traceparent }: Workflow,
    { of }: Extract<OnboardingCommand, { do: 'ENRICH' }>,
  ): Promise<OnboardingEvent> {
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

  return {
    kind: onboarding,
    act: (workflow, command) =>
      command.do === 'MATCH' ? match(workflow, command) : enrich(workflow, command),
    isOneAtATime: (command) => command.do === 'MATCH',
    async gaveUp(tx, { entityId, memory }) {
      const same = sameIn(memory);
      if (same) await avoided.note(tx, entityId, same.customer, same.by);
      await register.forget(tx, entityId);
    },

    /**
     * Whom a person found to be different, nobody is asked about again. To make one of two is more than to say that no other
     * is needed: stewards do it, who are asked.
     */
    async answered(tx, { entityId, memory }, { different, sameAs, reason }, by) {
      // One that is still to be made has nothing by which it could be met again.
      if (memory.account === null) return;
      for (const other of different)
        await verdicts.record(tx, { one: entityId, other, verdict: 'DIFFERENT', by, reason });
      if (sameAs !== null) await takenForSame(tx, entityId, sameAs, by);
    },
  };
}
