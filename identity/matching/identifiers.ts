/** How alike two tax ids are that are one but for a slip of the pen. */
const slip = 0.9;

const overlap = (ours: readonly string[], theirs: readonly string[]): boolean =>
  ours.some((value) => theirs.includes(value));

/** 1 where two have a value in common and 0 where not; null where one has none. */
export function valuesAlike(ours: readonly string[], theirs: readonly string[]): number | null {
  if (ours.length === 0 || theirs.length === 0) return null;
  return overlap(ours, theirs) ? 1 : 0;
}

/** Which register a folded tax id is of, as far as it shows: a company has one number in each. */
function registerOf(taxId: string): string {
  return `${/^[A-Z]{2}(?=\d)/.exec(taxId)?.[0] ?? ''}${taxId.length}`;
}

/** Whether one text is the other with one sign changed, or with two neighbours in the wrong order. */
function isSlip(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  const wrong = Array.from(one).flatMap((sign, i) => (sign === other[i] ? [] : [i]));
  const [first = 0, second = 0] = wrong;
  if (wrong.length === 1) return true;
  return (
    wrong.length === 2 && second === first + 1 && one[first] === other[second] && one[second] === other[first]
  );
}

/** Tax ids of two customers: only those of one register say that they are different. */
export function taxIdsAlike(ours: readonly string[], theirs: readonly string[]): number | null {
  if (overlap(ours, theirs)) return 1;
  const pairs = ours.flatMap((one) =>
    theirs.flatMap((other) => (registerOf(one) === registerOf(other) ? [isSlip(one, other)] : [])),
  );
  if (pairs.length === 0) return null;
  return pairs.includes(true) ? slip : 0;
}

/** How alike domains are of which only what follows the name differs: `example.com` and `example.de`. */
const sameLabel = 0.8;

function labelOf(domain: string): string {
  const labels = domain.split('.').slice(0, -1);
  // Not the `co` of `co.uk`.
  return labels.findLast((label) => label.length > 3) ?? labels.at(-1) ?? domain;
}

export function domainsAlike(ours: readonly string[], theirs: readonly string[]): number | null {
  const alike = valuesAlike(ours, theirs);
  return alike === 0 && overlap(ours.map(labelOf), theirs.map(labelOf)) ? sameLabel : alike;
}
