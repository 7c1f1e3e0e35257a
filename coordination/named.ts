import type { Identity } from '../identity/index.ts';
import type { RequestContext } from '../runtime/context.ts';
import { attributes, type EntityName } from '../schema/generated/contracts.ts';
import type { Attribute } from '../schema/governance.ts';
import { leaves } from '../schema/places.ts';
import type { Refusal } from './refusal.ts';
import type { Values } from './write.ts';

/**
 * Refuses values that name customers whom a caller does not see, and those who are not there in the same words: owners
 * know all of them, and are not asked. Nobody is looked up for a caller who sees everybody.
 */
export async function strangersIn(
  { entity, changes }: { readonly entity: EntityName; readonly changes: Values },
  { loadersOf, rowsOf }: Pick<Identity, 'loadersOf' | 'rowsOf'>,
  context: RequestContext,
): Promise<readonly Refusal[]> {
  if (rowsOf(context) === null) return [];
  const known: Readonly<Record<string, Attribute>> = attributes[entity];
  const named = Object.entries(changes).flatMap(([attribute, value]) =>
    leaves(value, known[attribute]?.references ?? []).map((id) => ({ attribute, id: String(id) })),
  );
  const found = await Promise.all(named.map(({ id }) => loadersOf(context).registration(id)));
  return named.flatMap(({ attribute, id }, i): readonly Refusal[] =>
    found[i]
      ? []
      : [
          {
            code: 'INVALID_VALUE',
            attribute,
            message: `There is no ${entity} with the id "${id.slice(0, 100)}".`,
          },
        ],
  );
}
