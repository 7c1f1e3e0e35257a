import type { RequestContext } from './context.ts';

/** Which entities a caller sees, as JSON in the form in which their register takes it; null where it sees all of them. */
export type Rows = string | null;

/** Decides it for whoever asks, without asking anybody. */
export type RowsOf = (context: Pick<RequestContext, 'principal' | 'caller'>) => Rows;
