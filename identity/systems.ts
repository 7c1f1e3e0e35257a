import { systems, type SystemName } from '../schema/generated/contracts.ts';

export type { SystemName };

/** A system that holds records of customers. */
type SystemOfRecord = {
  [S in SystemName]: (typeof systems)[S]['ofRecord'] extends true ? S : never;
}[SystemName];

/** A system's own record of a customer. */
export interface LocalRecord {
  readonly system: SystemName;
  /** The system's own key, e.g. the CRM's account id. */
  readonly key: string;
}

/** The keys by which the systems know one customer; a system that does not know it is absent. */
export type LocalKeys = Readonly<Partial<Record<SystemName, string>>>;

/** One text for a record, e.g. `CRM:0015g00000AbCdE`; no system's name has a colon. */
export function recordName({ system, key }: LocalRecord): string {
  return `${system}:${key}`;
}

/** Whether the record's system is one that holds records; the register itself is none. */
export function isOfRecord<R extends Pick<LocalRecord, 'system'>>(
  record: R,
): record is R & { system: SystemOfRecord } {
  return systems[record.system].ofRecord;
}

/** The contract's type for a record of a system, e.g. `CrmRecord`. */
export function recordType<S extends SystemOfRecord>(system: S): `${Capitalize<Lowercase<S>>}Record` {
  // What TypeScript's own `Capitalize<Lowercase<…>>` does, which no function's type says.
  return `${system.charAt(0)}${system.slice(1).toLowerCase()}Record` as `${Capitalize<Lowercase<S>>}Record`;
}
