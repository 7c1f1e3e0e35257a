import { requestContext, type RequestContext } from '../runtime/context.ts';
import type { PreparedFetch, Subgraph, SubgraphError, SubgraphResult } from '../runtime/executor.ts';
import type { Principal } from '../runtime/principal.ts';
import type { SystemName } from '../schema/generated/contracts.ts';
import type {
  ParticipantCause,
  ParticipantExamined,
  ParticipantFound,
  ParticipantOutcome,
} from '../schema/generated/participant.ts';
import { participantOperations } from '../schema/participant.ts';
import type { Examined, Found, Outcome, Participant, ParticipantCall } from './participant.ts';
import type { Cause } from './write.ts';

/** As whom coordination meets the owners: what a write's own caller may do was decided when it was accepted. */
const coordinator: Principal = { subject: 'coordination', scopes: new Set(['*']) };

/** Codes of a fetch that was refused as a whole before anything of it was carried out. */
const refusedAtTheDoor: ReadonlySet<unknown> = new Set([
  'RATE_LIMITED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
]);

/**
 * The owner behind a subgraph, in this process or elsewhere. Whatever goes wrong on the way is an answer: an examination
 * that failed as a whole is null, and a call that may have arrived is `UNKNOWN`.
 */
export function participantOf(system: SystemName, subgraph: Subgraph): Participant {
  const { examine, apply } = participantOperations(subgraph.name);
  const examined = subgraph.prepare(`query ($of: ParticipantExamination!) { ${examine}(examination: $of) {
    guarantee conditional keyed merges unreachable { code message retryAfter } refusals { code message attribute }
    found { version values restore same record { key fingerprints } restored refusals { code message attribute } } } }`);
  const applied = subgraph.prepare(`mutation ($order: ParticipantOrder!) { ${apply}(order: $order) {
    status version values record { key fingerprints } causes { code message attribute } code message retryAfter } }`);
  return {
    system,
    async examine(of, call) {
      const answer = (await asked(examined, { of }, call)).data?.[examine];
      return answer ? examinedOf(answer as ParticipantExamined) : null;
    },
    async apply(order, call) {
      const { data, errors } = await asked(applied, { order }, call);
      const answer = data?.[apply];
      return answer ? outcomeOf(answer as ParticipantOutcome) : unansweredOf(errors?.[0]);
    },
  };
}

/** Never rejects, and never takes longer than the call may. */
export async function asked(
  fetch: PreparedFetch,
  variables: Readonly<Record<string, unknown>>,
  { correlationId, traceparent, timeout, memo }: ParticipantCall,
): Promise<SubgraphResult> {
  const over = new AbortController();
  const options = { correlationId, traceparent, timeout, signal: over.signal } as const;
  const context: RequestContext = {
    ...requestContext({ ...options, caller: 'coordination', principal: coordinator }),
    memo,
  };
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<SubgraphResult>((resolve) => {
    timer = setTimeout(() => {
      over.abort();
      resolve({ errors: [late] });
    }, timeout);
  });
  try {
    return await Promise.race([fetch(variables, context), silence]);
  } catch {
    // A fetch does not reject; if one does all the same, nobody knows what it has done.
    return {};
  } finally {
    clearTimeout(timer);
  }
}

const late: SubgraphError = {
  message: 'The owner did not answer in time.',
  extensions: { code: 'DEADLINE_EXCEEDED' },
};

function examinedOf({ unreachable, found, refusals, merges, ...able }: ParticipantExamined): Examined {
  const { guarantee, conditional, keyed } = able;
  return {
    ...{ guarantee, conditional, keyed },
    ...(refusals ? { refusals: refusals.map(causeOf) } : {}),
    ...(merges === null ? {} : { merges }),
    ...(unreachable ? { unreachable: { ...told(unreachable), ...comeBack(unreachable) } } : {}),
    found: found && foundOf(found),
  };
}

function outcomeOf(answer: ParticipantOutcome): Outcome {
  const { status, version, values, record, causes } = answer;
  switch (status) {
    case 'APPLIED':
      return { status, version, values: values ?? {}, ...(record ? { record } : {}) };
    case 'REFUSED':
      return { status, causes: (causes ?? []).map(causeOf) };
    case 'STALE':
      return { status };
    case 'LATER':
      return { status, ...told(answer), ...comeBack(answer) };
    case 'UNKNOWN':
      return { status, ...told(answer) };
  }
}

function foundOf({ record, refusals, ...found }: ParticipantFound): Found {
  return { ...found, ...recordOf(record), refusals: refusals.map(causeOf) };
}

/** A record that is there. */
function recordOf(record: ParticipantFound['record']): Pick<Found, 'record'> {
  const { key, fingerprints } = record ?? {};
  return key === undefined || fingerprints == null ? {} : { record: { key, fingerprints } };
}

/** The outcome of a call whose answer is none. */
function unansweredOf(error: SubgraphError | undefined): Outcome {
  const { code, retryAfter } = error?.extensions ?? {};
  const why = told({ code: typeof code === 'string' ? code : null, message: error?.message ?? null });
  if (!refusedAtTheDoor.has(code)) return { status: 'UNKNOWN', ...why };
  return {
    status: 'LATER',
    ...why,
    ...comeBack({ retryAfter: typeof retryAfter === 'number' ? retryAfter : null }),
  };
}

type OrNull<T> = { readonly [K in keyof T]: T[K] | null };

function told({ code, message }: OrNull<{ code: string; message: string }>) {
  return { code: code ?? 'SYSTEM_UNAVAILABLE', message: message ?? 'The owner gave no answer.' };
}

function comeBack({ retryAfter }: OrNull<{ retryAfter: number }>): { readonly retryAfter?: number } {
  return retryAfter === null ? {} : { retryAfter };
}

function causeOf({ code, message, attribute }: ParticipantCause): Cause {
  return { code, message, ...(attribute === null ? {} : { attribute }) };
}
