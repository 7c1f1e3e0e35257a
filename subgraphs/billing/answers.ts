import { json } from '../sandbox/api.ts';
import type { WireResponse } from '../wire.ts';

/** Where the billing system's API begins. */
export const root = '/v1';

/** An error of the billing system. */
export interface BillingError {
  readonly type: 'invalid_request_error' | 'idempotency_error' | 'rate_limit_error' | 'api_error';
  readonly code: string;
  /** The parameter that was refused: `invoice_settings[email]`. */
  readonly param: string | null;
  readonly message: string;
}

const typeOf: Readonly<Record<number, BillingError['type']>> = {
  409: 'idempotency_error',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'api_error',
};

/** An error in the billing system's own shape. */
export function error(
  status: number,
  refused: {
    readonly code: string;
    readonly message: string;
    readonly param?: string;
    readonly type?: 'idempotency_error';
  },
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  const { code, message, param = null, type = typeOf[status] ?? 'invalid_request_error' } = refused;
  return json(status, { error: { type, code, param, message } satisfies BillingError }, headers);
}

/** What was named does not exist. */
export function missing(what: string, param: string): WireResponse {
  return error(404, { code: 'resource_missing', message: `No such ${what}`, param });
}

/** A list in the billing system's shape. */
export function list(rows: readonly unknown[], hasMore = false): WireResponse {
  return json(200, { object: 'list', data: rows, has_more: hasMore });
}
