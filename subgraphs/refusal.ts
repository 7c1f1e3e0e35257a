import { Failure, type FailureCode } from '../runtime/failure.ts';
import type { WireResponse } from './wire.ts';

/** A system's refusal, read from its answer. */
interface Refused {
  /** The system's own code. */
  readonly code: string;
  /** The system's own words; they may name its fields, never its insides. */
  readonly message: string;
  /** The record's field that was refused. */
  readonly field?: string | undefined;
}

/** How one system says no: one table per system. */
export interface RefusalTable {
  readonly system: string;
  /** Null where the body is not a refusal of the system's own. */
  readonly read: (body: unknown) => Refused | null;
  readonly codes: Readonly<Record<string, FailureCode>>;
}

/** The failure that an answer with an error status means. A code that the table lacks is an unavailable system. */
export function refusedBy(table: RefusalTable, { status, headers, body }: WireResponse): Failure {
  const { system } = table;
  const refused = read(table, body);
  const known = refused ? table.codes[refused.code] : undefined;
  const code = known ?? (status === 429 ? 'RATE_LIMITED' : 'SYSTEM_UNAVAILABLE');
  const retryAfter = Number(headers['retry-after']);
  const details = {
    system,
    ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
    ...(refused?.field === undefined ? {} : { field: refused.field }),
    cause: { status, ...refused },
  };
  if (code === 'RATE_LIMITED')
    return new Failure(code, `The system "${system}" takes no more calls for now.`, details);
  if (code === 'SYSTEM_UNAVAILABLE')
    return new Failure(code, `The system "${system}" does not answer.`, details);
  return new Failure(
    code,
    `The system "${system}" refused: ${refused?.message ?? 'no reason given'}.`,
    details,
  );
}

function read(table: RefusalTable, body: unknown): Refused | null {
  try {
    return table.read(body);
  } catch {
    return null;
  }
}
