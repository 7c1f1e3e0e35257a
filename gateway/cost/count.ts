/** Variables as a client sends them. */
export type Variables = Readonly<Record<string, unknown>>;

/** A number that is known when the document is, or follows from the variables of a request. */
export type Count = number | ((variables: Variables) => number);

/** The sum; what is known already is added up once. */
export function sum(counts: readonly Count[]): Count {
  let known = 0;
  const open: Exclude<Count, number>[] = [];
  for (const count of counts) {
    if (typeof count === 'number') known += count;
    else open.push(count);
  }
  const [only, second] = open;
  if (!only) return known;
  if (!second) return known === 0 ? only : (variables) => known + only(variables);
  return (variables) => {
    let total = known;
    for (const count of open) total += count(variables);
    return total;
  };
}

/** The product. */
export function times(one: Count, other: Count): Count {
  if (typeof one === 'number' && typeof other === 'number') return one * other;
  if (one === 0 || other === 0) return 0;
  if (one === 1) return other;
  if (other === 1) return one;
  return (variables) => valueOf(one, variables) * valueOf(other, variables);
}

export function valueOf(count: Count, variables: Variables): number {
  return typeof count === 'number' ? count : count(variables);
}
