import { digest } from '../../../runtime/canonical.ts';
import { attributes, type SystemName } from '../../../schema/generated/contracts.ts';
import type { Attribute } from '../../../schema/governance.ts';
import type { OrderedStep } from '../../ordered.ts';
import { governed, policy } from '../../plan.ts';
import type { Values } from '../../write.ts';

export type MergeSide = 'SURVIVOR' | 'OTHER';

/** One of two customers that are to become one, as the register and the systems have it. */
export interface Party {
  readonly id: string;
  /** Keys by system; the first is the record that attributes are read from. */
  readonly records: Readonly<Partial<Record<SystemName, readonly string[]>>>;
  /** Of attributes that can be written. */
  readonly values: Values;
}

export interface Parties {
  readonly survivor: Party;
  readonly other: Party;
  /** Systems that merge the two's records themselves. */
  readonly merges: readonly SystemName[];
  /** Systems that can take a change back. */
  readonly undoes: readonly SystemName[];
}

/** What whoever asks has to say of it. */
export interface Choices {
  readonly chosen: Readonly<Record<string, MergeSide>>;
  /** Attributes that he may write. */
  readonly allowed: readonly string[];
}

export interface MergedAttribute {
  readonly attribute: string;
  readonly owner: SystemName;
  readonly survivorValue: unknown;
  readonly otherValue: unknown;
  readonly keep: MergeSide;
  /** Whether it is written for that; otherwise nothing is, or the record comes with its value. */
  readonly written: boolean;
}

export interface MergedSystem {
  readonly system: SystemName;
  readonly kept: readonly string[];
  readonly joining: readonly string[];
  readonly outcome: 'NOTHING' | 'LINKED' | 'MERGED';
}

export interface MergePlan {
  readonly attributes: readonly MergedAttribute[];
  readonly systems: readonly MergedSystem[];
  /** Stands for everything above, and for the contract under which it was made. */
  readonly hash: string;
}

/** What it means that one lives on as the other. Pure, and the same for a dry run and for the merge itself. */
export function mergePlanOf(parties: Parties, choices: Choices): MergePlan {
  const merged = mergeable.flatMap((name) => attributeOf(name, parties, choices) ?? []);
  const systems = [...new Set(Object.values(owners))].map((system): MergedSystem => {
    const [kept, joining] = [parties.survivor, parties.other].map((one) => one.records[system] ?? []);
    const both = (kept?.length ?? 0) > 0 && (joining?.length ?? 0) > 0;
    const outcome = !joining?.length
      ? 'NOTHING'
      : both && parties.merges.includes(system)
        ? 'MERGED'
        : 'LINKED';
    return { system, kept: kept ?? [], joining: joining ?? [], outcome };
  });
  const ids = [parties.survivor.id, parties.other.id];
  return { attributes: merged, systems, hash: digest({ policy, ids, merged, systems }) };
}

/** What is written to the survivor's records, with what cannot be taken back at the end. Pure. */
export function takesOf({ attributes: merged }: MergePlan, { undoes }: Parties): readonly OrderedStep[] {
  const written = merged.filter((one) => one.written);
  return [...Map.groupBy(written, ({ owner }) => owner)]
    .map(([system, all]): OrderedStep => {
      const changes = Object.fromEntries(all.map(({ attribute, otherValue }) => [attribute, otherValue]));
      return { system, kind: 'OWNER', changes };
    })
    .toSorted((one, next) => Number(undoes.includes(next.system)) - Number(undoes.includes(one.system)));
}

/** What systems that merge records themselves have to do. Pure. */
export function mergesOf({ systems }: MergePlan): readonly OrderedStep[] {
  return systems.flatMap(({ system, kept: [into], joining, outcome }) =>
    outcome === 'MERGED' && into !== undefined
      ? joining.map((from): OrderedStep => ({ system, kind: 'MERGE', changes: {}, merge: { into, from } }))
      : [],
  );
}

const all: Readonly<Record<string, Attribute>> = attributes.Customer;
/** A status is not taken over but changed, which brings more about. */
const mergeable: readonly string[] = Object.keys(all).filter(
  (name) => name !== 'lifecycleStatus' && governed('Customer', name),
);
const owners: Readonly<Record<string, SystemName>> = Object.fromEntries(
  mergeable.flatMap((name) => {
    const owner = governed('Customer', name)?.owner;
    return owner ? [[name, owner]] : [];
  }),
);

/** The attributes of which a merge decides whose value is kept, by the system that owns them. */
export const mergeableBy: ReadonlyMap<SystemName, readonly string[]> = Map.groupBy(
  mergeable,
  (name) => owners[name] ?? 'IDENTITY',
);

/** Null where neither has a value. */
function attributeOf(
  attribute: string,
  { survivor, other }: Parties,
  { chosen, allowed }: Choices,
): MergedAttribute | null {
  const owner = owners[attribute];
  if (owner === undefined) return null;
  const [survivorValue, otherValue] = [survivor.values[attribute] ?? null, other.values[attribute] ?? null];
  if (isEmpty(survivorValue) && isEmpty(otherValue)) return null;
  const told = { attribute, owner, survivorValue, otherValue };
  const [has, joins] = [survivor, other].map((one) => (one.records[owner]?.length ?? 0) > 0);
  if (!has) return { ...told, keep: joins ? 'OTHER' : 'SURVIVOR', written: false };
  const lacking = isEmpty(survivorValue) && isTakable(attribute, otherValue, { survivor, other }, allowed);
  const keep = joins === true ? (chosen[attribute] ?? (lacking ? 'OTHER' : 'SURVIVOR')) : 'SURVIVOR';
  return { ...told, keep, written: keep === 'OTHER' && digest(survivorValue) !== digest(otherValue) };
}

/** Whether a value can go to the survivor without anybody having said so. Pure. */
function isTakable(
  attribute: string,
  value: unknown,
  parties: Pick<Parties, 'survivor' | 'other'>,
  allowed: readonly string[],
): boolean {
  const approve = governed('Customer', attribute)?.write.approve ?? [];
  return allowed.includes(attribute) && approve.length === 0 && !isOfThem(value, parties);
}

/** Whether a value names one of the two. Pure. */
export function isOfThem(value: unknown, { survivor, other }: Pick<Parties, 'survivor' | 'other'>): boolean {
  const text = JSON.stringify(value ?? null);
  return text.includes(survivor.id) || text.includes(other.id);
}

export function isEmpty(value: unknown): boolean {
  return value == null || value === '' || (Array.isArray(value) && value.length === 0);
}
