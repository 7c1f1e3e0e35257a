import { validate } from 'uuid';
import { Failure } from '../runtime/failure.ts';
import type { Principal } from '../runtime/principal.ts';
import { attributes, systems, type EntityName, type SystemName } from '../schema/generated/contracts.ts';
import type { Attribute } from '../schema/governance.ts';
import { valuesOf } from '../schema/values.ts';
import { changeKinds, type ChangeKind } from './change.ts';
import type { Fingerprinter } from './fingerprint.ts';
import type { ChangeFilter } from './log.ts';
import type { Names } from './names.ts';
import { visible } from './sight.ts';

/** Ids of one filter at most. */
const idLimit = 1_000;

/** A filter as it was asked for, by the names of its conditions in the contract. */
export type AskedFilter = Readonly<Record<string, readonly string[] | null | undefined>>;

/**
 * Reads filters of one entity's changes.
 * @param names what the contract calls the conditions
 */
export function askedOf(entity: EntityName, names: Names, fingerprint: Fingerprinter) {
  const known: Readonly<Record<string, Attribute>> = attributes[entity];
  const values = new Map(
    names.tags.map(({ attribute: name }) => {
      const attribute = known[name];
      if (!attribute) throw new Error(`there is no attribute ${name}`);
      return [name, valuesOf(attribute)];
    }),
  );

  /**
   * What was asked for, checked against what there is and what the principal may read.
   * @throws Failure BAD_USER_INPUT with the names that there are; FORBIDDEN
   */
  return function filterOf(asked: AskedFilter | null | undefined, principal: Principal): ChangeFilter {
    const readable = visible(entity, principal);
    const listed = (name: string): readonly string[] | undefined => {
      const list = asked?.[name] ?? undefined;
      if (list?.length === 0) throw wrong(`"filter.${name}" is empty; give it a value or leave it out.`);
      return list;
    };
    const among = (name: string, there: readonly string[]): readonly string[] | undefined => {
      const list = listed(name);
      const unknown = list?.find((one) => !there.includes(one));
      if (unknown === undefined) return list;
      throw wrong(`"filter.${name}" has ${JSON.stringify(unknown)}; there are ${there.join(', ')}.`);
    };
    const mayChooseBy = (name: string, chosen: readonly string[]): void => {
      const hidden = chosen.find((attribute) => !readable.has(attribute));
      if (hidden !== undefined)
        throw new Failure('FORBIDDEN', `"filter.${name}" chooses by ${hidden}, which you may not read.`);
    };

    const attributesAsked = among(names.attributes, Object.keys(known));
    mayChooseBy(names.attributes, attributesAsked ?? []);
    const valuesAsked = names.tags.flatMap(({ attribute, argument }) => {
      const list = among(argument, values.get(attribute) ?? []);
      if (list) mayChooseBy(argument, [attribute]);
      return list ? [[attribute, list.map((value) => fingerprint(attribute, value))] as const] : [];
    });
    return {
      entity,
      ...given('entityIds', idsOf(names.ids, listed(names.ids))),
      ...given('systems', among(names.systems, Object.keys(systems)) as readonly SystemName[] | undefined),
      ...given('attributes', attributesAsked),
      // A snapshot is asked for by its own argument.
      ...given('kinds', among(names.kinds, changeKinds) as readonly ChangeKind[] | undefined),
      ...given('tags', valuesAsked.length > 0 ? Object.fromEntries(valuesAsked) : undefined),
    };
  };
}

function idsOf(name: string, ids: readonly string[] | undefined): readonly string[] | undefined {
  if (ids && ids.length > idLimit)
    throw wrong(`"filter.${name}" has ${ids.length} ids; give at most ${idLimit}.`);
  const malformed = ids?.find((id) => !validate(id));
  if (malformed !== undefined)
    throw wrong(`"filter.${name}" has ${JSON.stringify(malformed.slice(0, 64))}, which is no id.`);
  return ids && [...new Set(ids.map((id) => id.toLowerCase()))];
}

function given<K extends string, V>(key: K, value: V | undefined) {
  return (value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<K, V>>>;
}

function wrong(sentence: string): Failure {
  return new Failure('BAD_USER_INPUT', sentence);
}
