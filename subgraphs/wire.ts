import type { Call } from './connector.ts';

/** A request to a system's API. `body` is a JSON value. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The system's answer; `body` is a JSON value or null. */
export interface WireResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** How a connector reaches its system: over HTTP, or in this process. Rejects when the answer does not arrive. */
export type Wire = (request: WireRequest, call: Call) => Promise<WireResponse>;
