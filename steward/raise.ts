import type { Queryable } from '../runtime/db/index.ts';
import type { EntityName, SystemName } from '../schema/generated/contracts.ts';
import type { Decision, Kind } from './kinds.ts';

/** One of what is to be compared, by reference: it is read through the graph when somebody looks. */
export interface Side {
  /** Id of a customer. */
  readonly customer?: string;
  readonly system?: SystemName;
  /** The system's own key of its record. */
  readonly key?: string;
}

/** Why a person is asked: codes, scores, hashes and names of attributes, by name. Never values. */
export type Evidence = Readonly<Record<string, readonly string[]>>;

/** Something that a machine must not decide. */
export interface Item {
  readonly kind: Kind;
  /** What it is about: while an item of this kind and key is open, none is raised. At most 1,000 characters. */
  readonly key: string;
  readonly entity: EntityName;
  /** The customers that it is about: each shows it. */
  readonly entityIds: readonly string[];
  readonly sides: readonly Side[];
  readonly evidence: Evidence;
  /** What waits, for whoever continues it: comes back with the decision. An id under `write` or `workflow` is shown. */
  readonly waiting?: Readonly<Record<string, string>>;
  /** The decisions that can be taken, where not all of its kind can. */
  readonly offered?: readonly Decision[];
}

/** An open item. */
export interface Raised {
  readonly id: string;
  /** Whether it was raised now; one that was open stays as it is. */
  readonly raised: boolean;
}

/** Raises an item within the transaction of its cause, once while one of its kind and key is open. */
export async function raise(tx: Queryable, item: Item): Promise<Raised> {
  const [row] = await tx.query<Raised>('select id, raised from steward_raise($1)', [item]);
  if (!row) throw new Error('a statement that gives one row gave none');
  return row;
}

/**
 * Closes the open item of a kind and key, within the transaction in which what it is about came to its end.
 * @param code why, in a word, e.g. `KNOWN`
 * @returns whether one was open
 */
export async function close(tx: Queryable, kind: Kind, key: string, code: string): Promise<boolean> {
  const [row] = await tx.query<{ id: string | null }>('select steward_close($1, $2, $3) as id', [
    kind,
    key,
    code,
  ]);
  return typeof row?.id === 'string';
}
