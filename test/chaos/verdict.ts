/** What a run may show to be broken. */
export const properties = [
  'lost',
  'duplicated',
  'torn',
  'phantom',
  'outOfOrder',
  'disagree',
  'lame',
  'crashed',
] as const;
export type Property = (typeof properties)[number];

export interface Violation {
  readonly property: Property;
  /** What was seen, for a person who looks for the cause. */
  readonly seen: string;
}

const meaning: Readonly<Record<Property, string>> = {
  lost: 'acknowledged, and not at its end or not at the owner',
  duplicated: 'more than one effect of one step',
  torn: 'one of several attributes without the others',
  phantom: 'an effect that nobody ordered or that is denied',
  outOfOrder: 'effects of one customer in another order',
  disagree: 'a receipt against the owner’s history',
  lame: 'a queue whose count or head is not that of its writes',
  crashed: 'a worker that ended although nobody killed it',
};

/** Violations of one property that are told one by one. */
const shown = 5;

/** A line for each property, and the first violations of each. */
export function verdictText(violations: readonly Violation[]): string {
  const of = Map.groupBy(violations, ({ property }) => property);
  const count = (property: Property) => of.get(property)?.length ?? 0;
  const rows = properties.map((property) => {
    const name = property === 'outOfOrder' ? 'out of order' : property;
    return `  ${name.padEnd(13)}${String(count(property)).padStart(6)}   ${meaning[property]}`;
  });
  const details = properties.flatMap((property) => {
    const some = of.get(property)?.slice(0, shown) ?? [];
    const more = count(property) - some.length;
    return [
      ...some.map(({ seen }) => `  ${property}: ${seen}`),
      ...(more > 0 ? [`  ${property}: … and ${more} more`] : []),
    ];
  });
  return [...rows, ...(details.length > 0 ? ['', ...details] : [])].join('\n');
}
