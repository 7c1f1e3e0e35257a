/** Counts of an import. */
export interface Tally {
  rows: number;
  created: number;
  changed: number;
  unchanged: number;
  refused: number;
  people: number;
  /** Rows that were kept, but for something that is reported. */
  incomplete: number;
}

/** A tally of nothing. */
export const emptyTally = (): Tally => ({
  rows: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  refused: 0,
  people: 0,
  incomplete: 0,
});

/** The last line of an import. */
export function summaryOf(tally: Tally, dryRun: boolean): string {
  const { rows, created, changed, unchanged, people, refused, incomplete } = tally;
  const count = (number: number, one: string, many = `${one}s`) =>
    `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
  const parts = [
    `${count(created, 'account')} ${dryRun ? 'would be made' : 'made'}`,
    `${changed.toLocaleString('en')} ${dryRun ? 'would be changed' : 'changed'}`,
    `${unchanged.toLocaleString('en')} unchanged`,
    `${count(people, 'person', 'people')} ${dryRun ? 'would be made or changed' : 'made or changed'}`,
    `${count(refused, 'row')} refused`,
    ...(incomplete > 0 ? [`${count(incomplete, 'row')} kept without the account above`] : []),
  ];
  return `${count(rows, 'row')}: ${parts.join(', ')}.`;
}
