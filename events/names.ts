import type { Tagged } from './sequence.ts';

/** What the contract of the feed calls the parts of one entity's changes. */
export interface Names {
  /** Fields of `Query` and of `Subscription`. */
  readonly list: string;
  readonly stream: string;
  /** The entity in a change. */
  readonly reference: string;
  /** Conditions of a filter. */
  readonly ids: string;
  readonly systems: string;
  readonly attributes: string;
  readonly kinds: string;
  readonly tags: readonly { readonly attribute: string; readonly argument: string }[];
}

/** The names for an entity, e.g. `orderChanges`, `orderChanged`, `order` and `orderIds` for `Order`. */
export function namesOf(entity: string, tagged: readonly Tagged[]): Names {
  const own = entity.charAt(0).toLowerCase() + entity.slice(1);
  return {
    list: `${own}Changes`,
    stream: `${own}Changed`,
    reference: own,
    ids: `${own}Ids`,
    systems: 'systems',
    attributes: 'attributes',
    kinds: 'kinds',
    tags: tagged.map(({ attribute }) => ({ attribute, argument: `${attribute}s` })),
  };
}
