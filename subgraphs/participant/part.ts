import type { Fingerprinter, Fingerprints } from '../../events/index.ts';
import type { RequestContext } from '../../runtime/context.ts';
import { Failure } from '../../runtime/failure.ts';
import type { ParticipantCause, ParticipantGuarantee } from '../../schema/generated/participant.ts';
import { callOf } from '../call.ts';
import type { Capabilities, Connector, Refusal, Versioned } from '../connector.ts';
import type { Guard } from '../reader.ts';
import type { Crossing } from '../slice.ts';
import type { Translation } from './references.ts';
import type { Writable, Writables } from './writable.ts';

/** How the present value of an attribute is read. */
export interface Readable<R> {
  readonly fields: readonly (keyof R & string)[];
  readonly get: (record: Partial<R>) => unknown;
}

/** A system of record as it takes part in governed writes. */
export interface Part<R extends object, Rows extends object> {
  readonly system: string;
  readonly entity: string;
  readonly connector: Connector<R, Rows>;
  readonly guard: Guard;
  readonly crossing: Crossing;
  readonly translation: Translation;
  readonly writables: Writables<R>;
  /** The record's own fields of all attributes that the system owns. */
  readonly fields: readonly (keyof R & string)[];
  /** Present values of attributes that come with a record, whether they can be written or not. */
  readonly readable: ReadonlyMap<string, Readable<R>>;
  /** The same, those that it writes for them, and those of all copies. */
  readonly whole: readonly (keyof R & string)[];
  /** What a new record has that is made for an entity of this id. */
  readonly external: (entityId: string) => Partial<R>;
  /** Of a value. */
  readonly fingerprint: Fingerprinter;
  /** Of a record that has all of these fields. */
  readonly fingerprints: (record: Partial<R>) => Fingerprints;
}

/** What declared capabilities make of a write to a record that exists. */
export function ableOf({ conditionalWrite, idempotency, readBack }: Capabilities) {
  const conditional = conditionalWrite === 'atomic';
  const keyed = idempotency.by === 'key';
  const once: ParticipantGuarantee = readBack ? 'ONCE_UNLESS_RACED' : 'AT_MOST_ONCE';
  return { guarantee: conditional || keyed ? ('EFFECTIVELY_ONCE' as const) : once, conditional, keyed };
}

/** The record as it is; null where the system has none of the key any more. */
export async function present<R extends object, Rows extends object>(
  { connector, guard }: Part<R, Rows>,
  context: RequestContext,
  key: string,
  fields: readonly (keyof R & string)[],
): Promise<Versioned<Partial<R>> | null> {
  const read = (signal: AbortSignal) => connector.read([key], fields, callOf(context, signal));
  return (await guard(context, read, { retry: true })).get(key) ?? null;
}

/** The failure that says that a system, or what leads to it, could not be asked; null for any other error. */
export function absence(error: unknown): Failure | null {
  return error instanceof Failure && absent.has(error.code) ? error : null;
}

const absent: ReadonlySet<string> = new Set([
  'SYSTEM_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RATE_LIMITED',
]);

/** Code, sentence and seconds to wait of a failure. */
export function told({ code, message, extensions }: Failure) {
  const { retryAfter } = extensions;
  return { code, message, retryAfter: typeof retryAfter === 'number' ? retryAfter : null };
}

/** A refusal of the system's own, once for each attribute that its field belongs to. */
export function causesOf<R>(
  { code, message, field }: Refusal,
  writables: ReadonlyMap<string, Writable<R>>,
  attributes: readonly string[],
): readonly ParticipantCause[] {
  // The field may be a path into the record: `to_BillToAddress/Country`.
  const [own = ''] = field?.split(/[^\w$]/) ?? [];
  const meant = attributes.filter((name) => writables.get(name)?.fields.some((one) => one === own));
  return meant.length === 0
    ? [{ code, message, attribute: null }]
    : meant.map((attribute) => ({ code, message, attribute }));
}
