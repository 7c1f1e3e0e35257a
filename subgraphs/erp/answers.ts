import { json } from '../sandbox/api.ts';
import type { WireResponse } from '../wire.ts';
import type { ErpDetail } from './validation.ts';

/** Where the ERP's API begins. */
export const root = '/odata/v1';

/** An error in the ERP's own shape. */
export interface ErpError {
  readonly error: {
    readonly code: string;
    readonly message: { readonly lang: string; readonly value: string };
    readonly innererror: { readonly errordetails: readonly ErpDetail[] };
  };
}

export function error(
  status: number,
  code: string,
  value: string,
  { details = [], headers = {} }: { details?: readonly ErpDetail[]; headers?: Record<string, string> } = {},
): WireResponse {
  const message = { lang: 'en', value };
  const body: ErpError = { error: { code, message, innererror: { errordetails: details } } };
  return json(status, body, headers);
}

/** The refusal of a record or of a question, with all that is wrong with it. */
export function refusal(details: readonly ErpDetail[]): WireResponse {
  return error(400, 'BP_INVALID', 'the business partner is not valid', { details });
}

export const missing = error(404, 'BP_NOT_FOUND', 'the business partner does not exist');
export const duplicate = error(
  409,
  'BP_DUPLICATE',
  'another business partner has this ExternalReference or YY1_CustomerId',
);
export const stale = error(412, 'PRECONDITION_FAILED', 'the business partner was changed meanwhile');
export const unconditional = error(428, 'PRECONDITION_REQUIRED', 'a change needs an If-Match');

/** The version in an If-Match; undefined where any is right. */
export function expectedVersion(ifMatch: string): number | undefined {
  return ifMatch === '*' ? undefined : Number(/^W\/"(\d+)"$/.exec(ifMatch)?.[1] ?? -1);
}
