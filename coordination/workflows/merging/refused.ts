import { governed } from '../../plan.ts';
import type { Refusal } from '../../refusal.ts';
import { isOfThem, type Choices, type MergePlan, type Parties } from './plan.ts';

/** What speaks against two customers becoming one, as they are. Pure. */
export function againstMerge(
  parties: Parties,
  { chosen, allowed }: Choices,
  plan: MergePlan,
): readonly Refusal[] {
  const { survivor, other, undoes } = parties;
  const above = survivor.values.parent === other.id || other.values.parent === survivor.id;
  const final = new Set(
    plan.attributes.flatMap(({ owner, written }) => (written && !undoes.includes(owner) ? [owner] : [])),
  );
  return [
    ...(above ? [inGroup] : []),
    ...(final.size > 1 ? [notUndoable([...final])] : []),
    ...Object.entries(chosen).flatMap(([attribute, side]): readonly Refusal[] => {
      const known = governed('Customer', attribute);
      if (!known || attribute === 'lifecycleStatus') return [notKept(attribute)];
      if (side === 'SURVIVOR') return [];
      const { scopes, approve } = known.write;
      if (!allowed.includes(attribute))
        return [denied(attribute, `it takes the scopes ${scopes.join(' and ')}`)];
      if (approve.length > 0)
        return [
          denied(attribute, 'a second person has to agree; change it by updateCustomer, before or after'),
        ];
      return isOfThem(other.values[attribute], parties) ? [names(attribute)] : [];
    }),
  ];
}

const inGroup: Refusal = {
  code: 'NOT_MERGEABLE',
  attribute: 'parent',
  message: 'One of the two is above the other; give the one below another parent first.',
};
const notUndoable = (owners: readonly string[]): Refusal => ({
  code: 'CANNOT_BE_UNDONE',
  message: `${owners.join(' and ')} cannot undo a change, so that not all of it can be kept together; keep the survivor's values in all but one.`,
});
const notKept = (attribute: string): Refusal => ({
  code: 'INVALID_VALUE',
  attribute: attribute.slice(0, 100),
  message: 'Whose value is kept can be said of attributes only that can be written, and not of the status.',
});
const denied = (attribute: string, why: string): Refusal => ({
  code: 'NOT_PERMITTED',
  attribute,
  message: `To take ${attribute} over, ${why}.`,
});
const names = (attribute: string): Refusal => ({
  code: 'NOT_MERGEABLE',
  attribute,
  message: `${attribute} names one of the two; it cannot be taken over.`,
});
export const same: Refusal = { code: 'NOT_MERGEABLE', message: 'Give two customers; this is one.' };
export const mergedAlready = (into: string): Refusal => ({
  code: 'NOT_MERGEABLE',
  message: `The customer that is to be merged lives on as ${into} already.`,
});
export const busy = (workflow: string): Refusal => ({
  code: 'NOT_MERGEABLE',
  message: `The workflow ${workflow} has one of the customers; wait until it is over, or end it.`,
});
export const waiting = (writes: readonly string[]): Refusal => ({
  code: 'NOT_MERGEABLE',
  message: `Writes wait for a person; decide on them first: ${writes.slice(0, 10).join(', ')}.`,
});
export const unreachable = (system: string): Refusal => ({
  code: 'OWNER_UNAVAILABLE',
  message: `${system} cannot be reached, and has to say what it has of the two; ask again later.`,
});
