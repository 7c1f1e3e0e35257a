/** A value in which something else is at some places, as `Attribute.references` has them; nulls are left as they are. */
export function replaced(
  value: unknown,
  places: readonly string[],
  change: (leaf: unknown) => unknown,
): unknown {
  return places.reduce((changed, place) => at(changed, place === '' ? [] : place.split('.'), change), value);
}

/** What is at these places of a value, nulls left out. */
export function leaves(value: unknown, places: readonly string[]): readonly unknown[] {
  const found: unknown[] = [];
  replaced(value, places, (leaf) => found.push(leaf));
  return found;
}

function at(value: unknown, [step, ...rest]: readonly string[], change: (leaf: unknown) => unknown): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value))
    return value.map((item) => at(item, step === undefined ? [] : [step, ...rest], change));
  if (step === undefined) return change(value);
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [step]: at(object[step], rest, change) };
}
