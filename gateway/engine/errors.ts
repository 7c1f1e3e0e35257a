import { GraphQLError } from 'graphql';
import type { FailureCode } from '../../runtime/failure.ts';
import type { SubgraphError } from '../../runtime/executor.ts';

/** Of an error that is told as an internal one only: what it was, for the log. A symbol, which JSON leaves out. */
export const hidden: unique symbol = Symbol('hidden');

/** What a caller is told about a failure: message and extensions, never internals. */
export interface Exposed {
  readonly [hidden]?: unknown;
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** An error of an answer, as it is serialised. */
export interface AnswerError extends Exposed {
  readonly path?: readonly (string | number)[];
  /** In the client's document; only errors about the document itself have them. */
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
}

/**
 * Whether a code passes with its message when a subgraph gives it. Those that speak of a document or of a set-up are
 * about internals in a subgraph's mouth. A record over the union, so that no code is forgotten.
 */
const passes: Readonly<Record<FailureCode, boolean>> = {
  BAD_REQUEST: true,
  GRAPHQL_PARSE_FAILED: false,
  GRAPHQL_VALIDATION_FAILED: false,
  OPERATION_RESOLUTION_FAILURE: false,
  BAD_USER_INPUT: true,
  INVALID_CURSOR: true,
  CURSOR_EXPIRED: true,
  PAGE_SIZE_EXCEEDED: true,
  BODY_TOO_LARGE: true,
  UNSUPPORTED_MEDIA_TYPE: false,
  NOT_ACCEPTABLE: false,
  METHOD_NOT_ALLOWED: false,
  CSRF_PREVENTED: false,
  HOST_NOT_ALLOWED: false,
  ORIGIN_NOT_ALLOWED: false,
  ADDRESS_NOT_ALLOWED: false,
  BATCHING_NOT_SUPPORTED: false,
  DEPTH_LIMIT_EXCEEDED: false,
  ALIAS_LIMIT_EXCEEDED: false,
  ROOT_FIELD_LIMIT_EXCEEDED: false,
  DIRECTIVE_LIMIT_EXCEEDED: false,
  TOKEN_LIMIT_EXCEEDED: false,
  FIELD_LIMIT_EXCEEDED: false,
  COST_LIMIT_EXCEEDED: false,
  PERSISTED_QUERY_NOT_FOUND: false,
  QUERY_NOT_IN_SAFELIST: false,
  UNAUTHENTICATED: true,
  FORBIDDEN: true,
  UNAUTHORIZED_FIELD_OR_TYPE: true,
  INVALID_VALUE: true,
  CONFLICT: true,
  DUPLICATE: true,
  NOT_FOUND: true,
  SUBSCRIPTION_LIMIT_EXCEEDED: true,
  SERVER_DRAINING: true,
  SYSTEM_UNAVAILABLE: true,
  DEADLINE_EXCEEDED: true,
  RATE_LIMITED: true,
  INVALID_CONFIGURATION: false,
  STORE_IN_USE: false,
  STORE_UNAVAILABLE: true,
  PORT_IN_USE: false,
  INVALID_CONTRACT: false,
  INVALID_SUPERGRAPH: false,
  INTERNAL_SERVER_ERROR: false,
};

const passing: ReadonlySet<unknown> = new Set(
  Object.entries(passes).flatMap(([code, told]) => (told ? [code] : [])),
);

/**
 * The policy for errors of subgraphs: a code that callers know passes with its message, `system`, `retryAfter`
 * (seconds) and `oldest` (the oldest cursor that is still good); everything else is told as an internal error of that system.
 */
export function exposed(error: SubgraphError, subgraph: string): Exposed {
  const { code, system, retryAfter, oldest } = error.extensions ?? {};
  const origin = typeof system === 'string' ? system : subgraph;
  if (!passing.has(code)) {
    const extensions = { code: 'INTERNAL_SERVER_ERROR', system: origin };
    return { message: 'Internal error', extensions, [hidden]: faultOf(error, origin) };
  }
  return {
    message: error.message,
    extensions: {
      code,
      system: origin,
      ...(typeof retryAfter === 'number' ? { retryAfter } : {}),
      ...(typeof oldest === 'string' ? { oldest } : {}),
    },
  };
}

/** What another process says of its fault is not ours to write down, nor are values that do not fit the contract. */
function faultOf(error: SubgraphError, system: string): unknown {
  const fault = error.originalError ?? (error instanceof Error ? error : undefined);
  if (fault instanceof GraphQLError) return new Error(`What ${system} gave does not fit its contract.`);
  if (fault instanceof Error) return fault;
  const { code } = error.extensions ?? {};
  const known = typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? code : 'without a code that is one';
  return new Error(`An error of ${system}: ${known}.`);
}

/** Errors as they are told, those that tell nothing with the id by which the log tells more. */
export function correlated<E extends Exposed>(errors: readonly E[], correlationId: string): readonly E[] {
  return errors.map((error) =>
    error.extensions.code === 'INTERNAL_SERVER_ERROR'
      ? { ...error, extensions: { ...error.extensions, correlationId } }
      : error,
  );
}

/** A subgraph's answer came too late. */
export function late(subgraph: string): Exposed {
  return {
    message: `${subgraph} did not answer in time.`,
    extensions: { code: 'DEADLINE_EXCEEDED', system: subgraph },
  };
}

/** A subgraph's answer is not what was asked for. */
export function unusable(subgraph: string): Exposed {
  return {
    message: `${subgraph} gave an answer that cannot be used.`,
    extensions: { code: 'SYSTEM_UNAVAILABLE', system: subgraph },
  };
}
