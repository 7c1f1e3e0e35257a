import type { Examined, Outcome, Participant, ParticipantCall } from '../../coordination/participant.ts';
import { requestContext } from '../../runtime/context.ts';
import type { Subgraph } from '../../runtime/executor.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import { participantOperations } from '../../schema/participant.ts';

/** A system of record as coordination meets it, through its subgraph's own operations. */
export function participantOver(system: SystemName, subgraph: Subgraph): Participant {
  const { examine, apply } = participantOperations(subgraph.name);
  const examining = subgraph.prepare(
    `query ($given: ParticipantExamination!) { answer: ${examine}(examination: $given) {
       guarantee conditional keyed unreachable { code message retryAfter }
       found { version values restore same restored refusals { code message attribute } } } }`,
  );
  const applying = subgraph.prepare(
    `mutation ($given: ParticipantOrder!) { answer: ${apply}(order: $given) {
       status version values causes { code message attribute } code message retryAfter } }`,
  );

  /** Null where there is no answer. */
  async function answer(
    run: typeof examining,
    given: object,
    { correlationId, traceparent, timeout, memo }: ParticipantCall,
  ): Promise<unknown> {
    const signal = AbortSignal.timeout(timeout);
    const context = requestContext({ caller: 'coordination', correlationId, traceparent, timeout, signal });
    const { data } = await run({ given }, { ...context, memo });
    return withoutNulls(data?.answer);
  }

  return {
    system,
    examine: async (examination, call) => {
      const examined = (await answer(examining, examination, call)) as Examined | null;
      return examined && { ...examined, found: examined.found ?? null };
    },
    apply: async (order, call) =>
      ((await answer(applying, order, call)) as Outcome | null) ?? {
        status: 'UNKNOWN',
        code: 'SYSTEM_UNAVAILABLE',
        message: 'There was no answer.',
      },
  };
}

/** GraphQL has null where a member is absent; what is in `values` and `restore` stays as it is. */
function withoutNulls(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [
        name,
        name === 'values' || name === 'restore' ? (member as unknown) : withoutNulls(member),
      ]),
  );
}
