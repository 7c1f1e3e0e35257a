import type { Identity } from '../../../identity/index.ts';
import type { EntityName, SystemName } from '../../../schema/generated/contracts.ts';
import type { Participant, ParticipantCall } from '../../participant.ts';
import { mergeableBy, type Parties, type Party } from './plan.ts';

export interface LookOptions {
  readonly participants: ReadonlyMap<SystemName, Participant>;
  readonly identity: { readonly crosswalk: Pick<Identity['crosswalk'], 'registrations'> };
}

/** Who could not be asked. */
export interface Unreached {
  readonly unreached: SystemName;
  readonly code: string;
}

/** Looks at two customers, as they are in the register and in the systems. */
export async function lookAt(
  { participants, identity }: LookOptions,
  entity: EntityName,
  [survivorId, otherId]: readonly [survivor: string, other: string],
  call: ParticipantCall,
): Promise<Parties | Unreached> {
  const registrations = await identity.crosswalk.registrations([survivorId, otherId]);
  const [survivor, other] = [survivorId, otherId].map((id) => {
    const records = registrations.get(id)?.records ?? [];
    const bySystem = Map.groupBy(records, ({ system }) => system);
    return { id, keys: new Map([...bySystem].map(([system, own]) => [system, own.map(({ key }) => key)])) };
  });
  if (!survivor || !other) throw new Error('a merge is of two customers');
  const undoes: SystemName[] = [];
  const merges: SystemName[] = [];
  const values = new Map<string, Record<string, unknown>>([
    [survivor.id, {}],
    [other.id, {}],
  ]);

  async function lookIn(system: SystemName, participant: Participant): Promise<Unreached | null> {
    const changes = Object.fromEntries((mergeableBy.get(system) ?? []).map((name) => [name, null]));
    for (const { id, keys } of [survivor, other].flatMap((party) => party ?? [])) {
      if (!keys.has(system)) continue;
      const asked = { entity, entityId: id, kind: 'OWNER', changes, validate: false } as const;
      const examined = await participant.examine(asked, call);
      if (!examined || examined.unreachable) return unreached(system, examined?.unreachable?.code);
      if (examined.conditional && !undoes.includes(system)) undoes.push(system);
      Object.assign(values.get(id) ?? {}, examined.found?.values);
    }
    const [record, from] = [survivor?.keys.get(system)?.[0], other?.keys.get(system)?.[0]];
    if (record === undefined || from === undefined) return null;
    const asked = {
      entity,
      entityId: survivorId,
      kind: 'MERGE',
      record,
      from,
      changes: {},
      validate: false,
    } as const;
    const examined = await participant.examine(asked, call);
    if (!examined || examined.unreachable) return unreached(system, examined?.unreachable?.code);
    if (examined.merges === true) merges.push(system);
    return null;
  }

  const missing = await Promise.all([...participants].map(([system, one]) => lookIn(system, one)));
  const [first] = missing.filter((one) => one !== null);
  if (first) return first;
  const party = ({ id, keys }: typeof survivor): Party => ({
    id,
    records: Object.fromEntries(keys),
    values: values.get(id) ?? {},
  });
  // In an order of their own: who answers first says nothing.
  return {
    survivor: party(survivor),
    other: party(other),
    merges: merges.toSorted(),
    undoes: undoes.toSorted(),
  };
}

function unreached(system: SystemName, code = 'SYSTEM_UNAVAILABLE'): Unreached {
  return { unreached: system, code };
}
