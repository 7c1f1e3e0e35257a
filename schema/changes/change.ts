/** What a change does to a client: breaks it, may surprise it, or nothing. */
export type Impact = 'BREAKING' | 'DANGEROUS' | 'SAFE';

/** One difference between two versions of the published schema. */
export interface Change {
  /** Schema coordinate, e.g. `Type.field(argument:)`. */
  readonly coordinate: string;
  /** A word to search for, in SCREAMING_CASE. */
  readonly code: string;
  readonly impact: Impact;
  /** What a client notices, in one sentence. */
  readonly message: string;
}

/** A list of no or one change, so that comparisons can be spread into each other. */
export function change(coordinate: string, code: string, impact: Impact, message: string): readonly [Change] {
  return [{ coordinate, code, impact, message }];
}

/** What was removed from, what was added to and what stayed in something that has names. */
export function compareNamed<Item>(
  before: Iterable<readonly [string, Item]>,
  after: Iterable<readonly [string, Item]>,
  seen: {
    readonly removed: (name: string, item: Item) => readonly Change[];
    readonly added: (name: string, item: Item) => readonly Change[];
    readonly kept?: (name: string, old: Item, next: Item) => readonly Change[];
  },
): readonly Change[] {
  const [old, next] = [new Map(before), new Map(after)];
  return [
    ...[...old].flatMap(([name, item]) => {
      const counterpart = next.get(name);
      if (counterpart === undefined) return seen.removed(name, item);
      return seen.kept?.(name, item, counterpart) ?? [];
    }),
    ...[...next].filter(([name]) => !old.has(name)).flatMap(([name, item]) => seen.added(name, item)),
  ];
}

interface Documented {
  readonly description?: string | null | undefined;
  readonly deprecationReason?: string | null | undefined;
}

/** Changes of description and deprecation: a client's operations go on working. */
export function documentationChanges(
  coordinate: string,
  old: Documented,
  next: Documented,
): readonly Change[] {
  const [was, is] = [old.deprecationReason ?? null, next.deprecationReason ?? null];
  return [
    ...((old.description ?? '') === (next.description ?? '')
      ? []
      : change(coordinate, 'DESCRIPTION_CHANGED', 'SAFE', 'Its description changed.')),
    ...(was === null && is !== null
      ? change(coordinate, 'DEPRECATED', 'SAFE', `It is deprecated: ${is}`)
      : []),
    ...(was !== null && is === null
      ? change(coordinate, 'DEPRECATION_REMOVED', 'SAFE', 'It is not deprecated any more.')
      : []),
    ...(was !== null && is !== null && was !== is
      ? change(coordinate, 'DEPRECATION_REASON_CHANGED', 'SAFE', 'The reason of its deprecation changed.')
      : []),
  ];
}
