import { digest } from '../runtime/canonical.ts';
import { attributes, type EntityName, type SystemName } from '../schema/generated/contracts.ts';
import type { Attribute } from '../schema/governance.ts';
import type { ExpectedVersion } from './coordination.ts';
import type { Examined } from './participant.ts';
import type { Refusal } from './refusal.ts';
import type { Guarantee, Mode, Step, Values } from './write.ts';

/** What a caller wants, once its values have been checked. */
export interface Wish {
  readonly entity: EntityName;
  /** Of the survivor, where it was merged. */
  readonly entityId: string;
  readonly changes: Values;
  readonly mode: Mode;
  readonly expect: readonly ExpectedVersion[];
}

export interface Plan {
  /** In the order in which they are taken. */
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  /** Scopes of which a second person needs all; empty where nobody has to approve. */
  readonly approve: readonly string[];
  /** Stands for everything above, and for the contract under which it was made. */
  readonly hash: string;
}

/** What is known of each owner that is asked: null where it could not be examined. */
export type Examinations = ReadonlyMap<SystemName, Examined | null>;

/** The contract as far as it decides on writes; a write is carried out under the one it was accepted under. */
export const policy: string = digest(attributes);

/** What the contract says of an attribute; undefined where it has none of that name, or does not let it be written. */
export function governed(entity: EntityName, name: string): GovernedAttribute | undefined {
  const known: Readonly<Record<string, Attribute>> = attributes[entity];
  const attribute = Object.hasOwn(known, name) ? known[name] : undefined;
  return attribute?.write ? (attribute as GovernedAttribute) : undefined;
}

/** The owner of an attribute, whether it can be written or not; undefined where there is none of that name. */
export function ownerOf(entity: EntityName, name: string): SystemName | undefined {
  const known: Readonly<Record<string, Attribute>> = attributes[entity];
  return (Object.hasOwn(known, name) ? known[name]?.owner : undefined) as SystemName | undefined;
}

export type GovernedAttribute = Attribute &
  Required<Pick<Attribute, 'write'>> & { readonly owner: SystemName };

/** The changes of each owner, in the order of the systems' names. */
export function byOwner(entity: EntityName, changes: Values): ReadonlyMap<SystemName, Values> {
  const owned = Object.entries(changes).flatMap(([name, value]) => {
    const owner = governed(entity, name)?.owner;
    return owner ? [{ owner, name, value }] : [];
  });
  const groups = Map.groupBy(owned, ({ owner }) => owner);
  return new Map(
    [...groups]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([owner, all]) => [owner, Object.fromEntries(all.map(({ name, value }) => [name, value]))]),
  );
}

/**
 * The plan of a write: which owner is asked for what, in which order, and who refuses. Pure, and the same for a dry run
 * and for the write itself. What can be undone comes first; in mode ALL at most one step may be beyond that.
 */
export function planOf(wish: Wish, examinations: Examinations): Plan {
  const { entity, changes, mode, expect } = wish;
  const drafts = [...byOwner(entity, changes)].map(([system, own]) =>
    stepOf(
      system,
      own,
      expect.find((one) => one.system === system)?.version ?? null,
      examinations.get(system),
    ),
  );
  const ordered = drafts.toSorted((one, other) => Number(other.step.undoable) - Number(one.step.undoable));
  const { approve, unapproved } = approvals(
    entity,
    ordered.map(({ step }) => step),
  );
  const steps = ordered.map(({ step }, ordinal): Step => {
    const own = Object.keys(step.changes).filter((name) => unapproved.includes(name));
    return { ...step, ordinal, ...(own.length > 0 ? { unapproved: own } : {}) };
  });
  const refusals = [...ordered.flatMap((draft) => draft.refusals), ...finality(mode, steps)];
  const seen = steps.map(({ system, changes: own, expect: version, before, guarantee }) => [
    system,
    own,
    version,
    before && [before.version, before.same],
    guarantee,
  ]);
  const { entityId } = wish;
  return {
    steps,
    refusals,
    approve,
    hash: digest({ policy, entity, entityId, mode, seen, approve, refusals }),
  };
}

/**
 * The scopes that a second person needs. What is unchanged needs nobody while it is, but may not be when its turn comes:
 * where somebody decides at all, it is on everything.
 */
function approvals(
  entity: EntityName,
  steps: readonly Step[],
): { readonly approve: readonly string[]; readonly unapproved: readonly string[] } {
  const needed = steps.flatMap(({ changes, before }) =>
    Object.keys(changes).flatMap((name) => {
      const scopes = governed(entity, name)?.write.approve ?? [];
      return scopes.length > 0 ? [{ name, scopes, same: before?.same.includes(name) === true }] : [];
    }),
  );
  return needed.every(({ same }) => same)
    ? { approve: [], unapproved: needed.map(({ name }) => name) }
    : { approve: [...new Set(needed.flatMap(({ scopes }) => scopes))].sort(), unapproved: [] };
}

/** A first step of a write; what was examined is as it was read. */
export function stepOf(
  system: SystemName,
  changes: Values,
  expect: string | null,
  examined: Examined | null | undefined,
  kind: Step['kind'] = 'OWNER',
): { readonly step: Step; readonly refusals: readonly Refusal[] } {
  const found = examined?.unreachable ? null : (examined?.found ?? null);
  const before = found && {
    version: found.version,
    values: found.values,
    restore: found.restore,
    same: found.same,
  };
  const unchanged = found !== null && Object.keys(changes).every((name) => found.same.includes(name));
  const step: Step = {
    ordinal: 0,
    system,
    kind,
    changes,
    expect,
    guarantee: (examined?.guarantee ?? null) satisfies Guarantee | null,
    undoable: examined?.conditional ?? false,
    state: unchanged ? 'UNCHANGED' : 'READY',
    before,
    versionAfter: unchanged ? found.version : null,
    after: null,
    sent: false,
    attempts: 0,
    waits: 0,
    due: null,
    generation: 0,
    cause: null,
    settledAt: null,
  };
  return { step, refusals: examined && !examined.unreachable ? refusalsOf(step, examined) : [] };
}

function refusalsOf({ system: owner, changes, expect }: Step, { found }: Examined): readonly Refusal[] {
  const names = Object.keys(changes);
  if (found === null) {
    const message = `${owner} has no record of the customer; onboard it there first.`;
    return names.map((attribute) => ({ code: 'UNKNOWN_TO_OWNER', attribute, owner, message }));
  }
  if (expect !== null && expect !== found.version) {
    const message = `The record in ${owner} has the version ${found.version} by now; read it again and decide anew.`;
    return names.map((attribute) => ({
      code: 'VERSION_CONFLICT',
      attribute,
      owner,
      message,
      current: found.values[attribute],
      expected: changes[attribute],
    }));
  }
  return found.refusals.map(({ attribute, message }) => ({
    code: 'INVALID_VALUE',
    owner,
    message,
    ...(attribute === undefined ? {} : { attribute, current: found.values[attribute] }),
  }));
}

/** In mode ALL everything but the last step must be possible to undo. */
function finality(mode: Mode, steps: readonly Step[]): readonly Refusal[] {
  const final = steps.filter(({ undoable, state }) => !undoable && state !== 'UNCHANGED');
  if (mode === 'EACH' || final.length < 2) return [];
  const names = final.map(({ system }) => system).join(' and ');
  const message = `${names} cannot undo a change, so that not all of it can be kept together; use mode EACH, or one write for each.`;
  return [{ code: 'CANNOT_BE_UNDONE', message }];
}
