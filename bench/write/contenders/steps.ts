import type { Participant } from '../../../coordination/participant.ts';
import type { Values } from '../../../coordination/write.ts';
import { attributes } from '../../../schema/generated/contracts.ts';
import type { Update } from '../updates.ts';

/** One owner's part of an update. */
export interface Part {
  readonly owner: Participant;
  readonly changes: Values;
}

/** The parts of an update, in the order of the owners. */
export function partsOf({ changes }: Update, owners: readonly Participant[]): readonly Part[] {
  const owned: Readonly<Record<string, { readonly owner?: string }>> = attributes.Customer;
  return owners.flatMap((owner) => {
    const own = Object.entries(changes).filter(([name]) => owned[name]?.owner === owner.system);
    return own.length > 0 ? [{ owner, changes: Object.fromEntries(own) }] : [];
  });
}

/** Reads the owner's record and changes it on that condition, as a step of anybody's saga must at least. */
export async function carryOut({ owner, changes }: Part, entityId: string, wireKey: string): Promise<string> {
  const asked = { entity: 'Customer', entityId, kind: 'OWNER', changes } as const;
  const examined = await owner.examine({ ...asked, validate: true }, call);
  const found = examined?.found;
  if (!found) throw new Error(`${owner.system} has no record`);
  const outcome = await owner.apply({ ...asked, wireKey, ifVersion: found.version }, call);
  if (outcome.status !== 'APPLIED' || outcome.version === null)
    throw new Error(`${owner.system} says ${outcome.status}`);
  return outcome.version;
}

const call = {
  correlationId: 'bench',
  traceparent: null,
  timeout: 5000,
  memo: <T>(_: object, create: () => T): T => create(),
};
