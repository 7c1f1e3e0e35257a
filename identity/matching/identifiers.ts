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

/** Signs in which two ids may differ, or one with two of its neighbours swapped: by chance one in millions does. */
const mostWrong = 2;

/** Whether two texts of one length differ in a sign or two. */
function isSlip(one: string, other: string): boolean {
  return Array.from(one).filter((sign, i) => sign !== other[i]).length <= mostWrong;
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

/** Own domains of a customer. */
export interface Domains {
  readonly domains: readonly string[];
  /** As `labelOf` has them. */
  readonly labels: readonly string[];
}

/** How alike domains are of which only what follows the name differs: `example.com` and `example.de`. */
const sameLabel = 0.8;

/** What a domain is called, without what follows. */
export function labelOf(domain: string): string {
  const labels = domain.split('.').slice(0, -1);
  // Not the `co` of `co.uk`.
  return labels.findLast((label) => label.length > 3) ?? labels.at(-1) ?? domain;
}

export function domainsAlike(ours: Domains, theirs: Domains): number | null {
  const alike = valuesAlike(ours.domains, theirs.domains);
  return alike === 0 && overlap(ours.labels, theirs.labels) ? sameLabel : alike;
}
