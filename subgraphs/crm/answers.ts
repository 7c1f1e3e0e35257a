import { json } from '../sandbox/api.ts';
import type { WireResponse } from '../wire.ts';
import type { CrmFault } from './validation.ts';

/** Where the CRM's API begins. */
export const root = '/services/data/v1';

/** An error in the CRM's own shape: a list, even of one. */
export function error(status: number, errorCode: string, message: string, headers = {}): WireResponse {
  return json(status, [{ errorCode, message, fields: [] } satisfies CrmFault], headers);
}

export const missing = error(404, 'NOT_FOUND', 'the requested resource does not exist');
export const stale = error(412, 'PRECONDITION_FAILED', 'the record was changed meanwhile');

/** The version that a request insists on; absent where it does not. */
export function expectedVersion(headers: Readonly<Record<string, string>> | undefined): number | undefined {
  const etag = headers?.['if-match'];
  return etag === undefined ? undefined : Number(/^"v(\d+)"$/.exec(etag)?.[1] ?? -1);
}
