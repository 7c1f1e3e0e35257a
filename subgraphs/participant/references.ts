import type { RequestContext } from '../../runtime/context.ts';
import { attributes } from '../../schema/generated/contracts.ts';
import type { ParticipantCause } from '../../schema/generated/participant.ts';
import type { Attribute } from '../../schema/governance.ts';
import { leaves, replaced } from '../../schema/places.ts';
import type { Local } from '../lens.ts';
import type { Crossing } from '../crossing.ts';
import type { Values } from './writable.ts';

/** Changes in which other entities are named by the system's own keys, and what it does not know. */
export interface Inward {
  readonly values: Values;
  readonly refused: readonly ParticipantCause[];
}

/** The way of values between the graph, which names entities by their ids, and one system. */
export function createTranslation(entity: string, crossing: Crossing) {
  const all: Readonly<Record<string, Readonly<Record<string, Attribute>>>> = attributes;
  const placesIn = (attribute: string) => all[entity]?.[attribute]?.references ?? [];

  return {
    async inward(context: RequestContext, values: Values): Promise<Inward> {
      const ids = Object.entries(values).flatMap(([attribute, value]) => leaves(value, placesIn(attribute)));
      if (ids.length === 0) return { values, refused: [] };
      const found = await crossing.keysOf(context, ids.map(String));
      const keys = new Map(ids.map((id, i) => [id, found[i] ?? null]));
      const known: Record<string, unknown> = {};
      const refused: ParticipantCause[] = [];
      for (const [attribute, value] of Object.entries(values)) {
        const places = placesIn(attribute);
        const strange = leaves(value, places).filter((id) => keys.get(id) == null);
        if (strange.length === 0)
          known[attribute] = replaced(value, places, (id): Local => ({ localKey: keys.get(id) ?? '' }));
        for (const id of strange)
          refused.push({
            code: 'UNKNOWN_TO_OWNER',
            message: `The system has no record of ${entity} ${String(id)}, which ${attribute} refers to.`,
            attribute,
          });
      }
      return { values: known, refused };
    },

    /** An entity that the graph does not know becomes null. */
    async outward(context: RequestContext, values: Values): Promise<Values> {
      const keys = Object.entries(values)
        .flatMap(([attribute, value]) => leaves(value, placesIn(attribute)))
        .map((local) => (local as Local).localKey);
      if (keys.length === 0) return values;
      const ids = new Map(
        await Promise.all(
          [...new Set(keys)].map(async (key) => [key, await crossing.idOf(context, key)] as const),
        ),
      );
      return Object.fromEntries(
        Object.entries(values).map(([attribute, value]) => [
          attribute,
          replaced(value, placesIn(attribute), (local) => ids.get((local as Local).localKey) ?? null),
        ]),
      );
    },
  };
}

export type Translation = ReturnType<typeof createTranslation>;
