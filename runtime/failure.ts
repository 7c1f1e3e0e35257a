/**
 * The closed set of codes a caller can meet in `extensions.code`. Apollo's names are used where they exist;
 * a caller may switch over this union.
 */
export type FailureCode =
  | 'BAD_REQUEST'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'BAD_USER_INPUT'
  | 'INVALID_CURSOR'
  | 'CURSOR_EXPIRED'
  | 'PAGE_SIZE_EXCEEDED'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'NOT_ACCEPTABLE'
  | 'METHOD_NOT_ALLOWED'
  | 'CSRF_PREVENTED'
  | 'HOST_NOT_ALLOWED'
  | 'ORIGIN_NOT_ALLOWED'
  | 'ADDRESS_NOT_ALLOWED'
  | 'BATCHING_NOT_SUPPORTED'
  | 'DEPTH_LIMIT_EXCEEDED'
  | 'ALIAS_LIMIT_EXCEEDED'
  | 'ROOT_FIELD_LIMIT_EXCEEDED'
  | 'DIRECTIVE_LIMIT_EXCEEDED'
  | 'TOKEN_LIMIT_EXCEEDED'
  | 'FIELD_LIMIT_EXCEEDED'
  | 'COST_LIMIT_EXCEEDED'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'QUERY_NOT_IN_SAFELIST'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'UNAUTHORIZED_FIELD_OR_TYPE'
  | 'INVALID_VALUE'
  | 'CONFLICT'
  | 'DUPLICATE'
  | 'NOT_FOUND'
  | 'SUBSCRIPTION_LIMIT_EXCEEDED'
  | 'SERVER_DRAINING'
  | 'SYSTEM_UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'RATE_LIMITED'
  | 'INVALID_CONFIGURATION'
  | 'STORE_IN_USE'
  | 'STORE_UNAVAILABLE'
  | 'PORT_IN_USE'
  | 'INVALID_CONTRACT'
  | 'INVALID_SUPERGRAPH'
  | 'INTERNAL_SERVER_ERROR';

/** What a failure may tell its caller, besides code and message. Never internals: no stack, host, path or SQL. */
export interface FailureDetails {
  /** Name of the subgraph or system that failed, as in the contract. */
  readonly system?: string;
  /** Seconds until another try makes sense. */
  readonly retryAfter?: number;
  /** The system's own name of the field that it refused. */
  readonly field?: string;
  /** The oldest cursor that can still be gone on from. */
  readonly oldest?: string;
  /** What went wrong underneath; for the log only, it never reaches a caller. */
  readonly cause?: unknown;
}

/** The one error class: a code out of the closed union, and a sentence that says what to do. */
export class Failure extends Error {
  readonly code: FailureCode;
  /** Read by graphql-js and graphql-jit, which copy it into the GraphQL error. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.code = code;
    this.extensions = {
      code,
      ...(details.system === undefined ? {} : { system: details.system }),
      ...(details.field === undefined ? {} : { field: details.field }),
      ...(details.oldest === undefined ? {} : { oldest: details.oldest }),
      ...(details.retryAfter === undefined ? {} : { retryAfter: details.retryAfter }),
    };
  }
}
