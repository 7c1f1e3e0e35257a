import { Failure } from '../../runtime/failure.ts';
import type {
  ParticipantCause,
  ParticipantOrder,
  ParticipantOutcome,
  ParticipantStatus,
} from '../../schema/generated/participant.ts';
import { absence, causesOf, told, type Part } from './part.ts';

/** What a failure means that came after the call was made. */
export function meant<R extends object, Rows extends object>(
  { writables }: Part<R, Rows>,
  { kind, changes }: Pick<ParticipantOrder, 'kind' | 'changes'>,
  error: unknown,
): ParticipantOutcome {
  if (!(error instanceof Failure))
    return {
      ...ended('UNKNOWN'),
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Something went wrong after the call.',
    };
  switch (error.code) {
    case 'CONFLICT':
      return ended('STALE');
    case 'RATE_LIMITED':
      return { ...ended('LATER'), ...told(error) };
    case 'INVALID_VALUE':
    case 'BAD_REQUEST':
    case 'DUPLICATE':
    case 'NOT_FOUND': {
      const { code, message } = error;
      const { field } = error.extensions;
      const refusal = { code, message, ...(typeof field === 'string' ? { field } : {}) };
      return {
        ...ended('REFUSED'),
        causes: causesOf(refusal, writables[kind], Object.keys(changes)),
      };
    }
    default:
      return { ...ended('UNKNOWN'), ...told(error) };
  }
}

/** What a failure means that came before: no effect, in any case. */
export function notSent(error: unknown): ParticipantOutcome {
  const failure = absence(error);
  if (!failure) throw error;
  return { ...ended('LATER'), ...told(failure) };
}

export function refusedFor(code: ParticipantCause['code'], message: string): ParticipantOutcome {
  return { ...ended('REFUSED'), causes: [{ code, message, attribute: null }] };
}

export function ended(status: ParticipantStatus): ParticipantOutcome {
  return {
    ...{ status, version: null, values: null, record: null, causes: null },
    ...{ code: null, message: null, retryAfter: null },
  };
}
