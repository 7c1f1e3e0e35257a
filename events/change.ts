import type { SystemName } from '../identity/index.ts';

/** What becomes of an entity as a whole, which the register itself tells. */
export const fates = ['ERASED', 'MERGED', 'UNMERGED'] as const;
/** Entered the system, was changed there, or is gone from it; or what became of the whole. */
export const changeKinds = ['CREATED', 'UPDATED', 'DELETED', ...fates] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** Why something changed, where it was changed through the graph. */
export interface Cause {
  /** Id of the write. */
  readonly requestId: string;
  readonly correlationId: string;
}

/** A short text for each attribute of a record that is another one whenever its value is; says nothing of the value. */
export type Fingerprints = Readonly<Record<string, string>>;

/** What was seen of one record, on its way to being told: whether it is a change, the sequencer decides. */
export interface Draft {
  readonly source: 'WRITE' | 'FEED' | 'WEBHOOK' | 'SWEEP';
  /** The entity's name in the contract. */
  readonly entity: string;
  readonly entityId: string;
  readonly system: SystemName;
  /** The system's own key of the record. */
  readonly key: string;
  /** The record's version, as the system gives it; null for a record that is gone. */
  readonly version: string | null;
  /** The version that our own write found, so that nothing came between; null where that is not known, and for what was only observed. */
  readonly foundVersion: string | null;
  /** Of attributes that are part of the record; of one that is absent nothing is said. Null for a record that is gone. */
  readonly fingerprints: Fingerprints | null;
  /** The attributes that our own write set out to change; null for what was only observed. */
  readonly written: readonly string[] | null;
  /** Attributes that are known to have changed without being part of the record, such as a list below it. */
  readonly touched: readonly string[];
  /** The last position that was given when the reading of the record began: what was read is no newer than that. */
  readonly since: string | null;
  /** Whether the register had the record before: where it was never seen, it has been changed then and not created. */
  readonly known: boolean;
  readonly cause: Cause | null;
  /** Absent and null for what was seen of a record. Otherwise the system is IDENTITY, and its key says which time it is. */
  readonly fate?: (typeof fates)[number] | null;
}

/** A change, as it is told once and for ever. */
export interface Change {
  /** Counts without a gap from 1; a decimal number. */
  readonly position: string;
  /** When it got its position, ISO 8601 in UTC. */
  readonly at: string;
  readonly entity: string;
  readonly entityId: string;
  readonly kind: ChangeKind;
  /** The system of record, which owns all of the attributes. */
  readonly system: SystemName;
  readonly key: string;
  /** The record's version after the change; null for a record that is gone. */
  readonly version: string | null;
  /** Its version in the change before that was told of it; null for the first. */
  readonly previousVersion: string | null;
  /** In alphabetical order. */
  readonly attributes: readonly string[];
  readonly cause: Cause | null;
  /** Fingerprints of values that subscribers choose by, as they were known then: by attribute. */
  readonly tags: Fingerprints;
}

/** Where the log ends, and where it begins by now. */
export interface Head {
  /** Names the log of this database, a UUID. */
  readonly epoch: string;
  /** Of the last change; `0` before the first. */
  readonly position: string;
  /** Changes up to here are kept no longer. */
  readonly floor: string;
}
