import type { RequestContext } from '../../runtime/context.ts';
import { refuse } from './refusal.ts';

/** What an answer showed of personal data, and to whom; for the audit. */
export interface Showing extends Partial<Pick<RequestContext, 'principal' | 'unmaskReason' | 'traceparent'>> {
  /** Coordinates of the personal data that was shown whole, e.g. `Contact.email`; absent where there was none. */
  readonly personal?: readonly string[];
}

/** What of an answer concerns the audit; nothing where it shows nothing personal whole. */
export function showing(
  personal: readonly string[],
  { principal, unmaskReason, traceparent }: Required<Omit<Showing, 'personal'>>,
): Showing {
  return personal.length === 0 ? {} : { personal, principal, unmaskReason, traceparent };
}

/** The answer where personal data would be shown, and nobody could write down that it was. */
export const unaudited = refuse(
  503,
  'STORE_UNAVAILABLE',
  'Personal data is not shown while reading it cannot be recorded; leave it out, or try again later.',
);
