import { Failure, type FailureCode } from '../runtime/failure.ts';
import type { Refusal } from './connector.ts';
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
  /** All that the answer refuses; none where the body is not a refusal of the system's own. */
  readonly read: (body: unknown) => readonly Refused[];
  readonly codes: Readonly<Record<string, FailureCode>>;
}

/** The failure that an answer with an error status means. A code that the table lacks is an unavailable system. */
export function refusedBy(table: RefusalTable, { status, headers, body }: WireResponse): Failure {
  const { system } = table;
  const [refused] = read(table, body);
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

/**
 * What the answer to a dry run refuses, all at once.
 * @throws Failure where the answer is not about values, as that of a system which is down
 */
export function refusalsIn(table: RefusalTable, response: WireResponse): readonly Refusal[] {
  if (response.status < 400) return [];
  const refused = read(table, response.body);
  const refusals = refused.flatMap(({ code, message, field }): readonly Refusal[] => {
    const known = table.codes[code];
    return known && aboutValues.has(known) ? [{ code: known, message, ...(field ? { field } : {}) }] : [];
  });
  if (refusals.length === 0 || refusals.length < refused.length) throw refusedBy(table, response);
  return refusals;
}

const aboutValues: ReadonlySet<FailureCode> = new Set(['INVALID_VALUE', 'DUPLICATE', 'NOT_FOUND']);

function read(table: RefusalTable, body: unknown): readonly Refused[] {
  try {
    return table.read(body);
  } catch {
    return [];
  }
}
