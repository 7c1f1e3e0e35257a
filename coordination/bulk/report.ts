import { reasonText, type Reason } from './contract.ts';

/** Where a write stands when it is nothing to wait for any more. */
export const ends = [
  'SUCCEEDED',
  'PARTIAL',
  'FAILED',
  'CANCELLED',
  'REVIEW',
  'AWAITING_APPROVAL',
  'UNKNOWN',
] as const;
export type End = (typeof ends)[number];

/** A write that did not succeed. */
export interface Trouble {
  readonly line: number;
  readonly id: string;
  readonly end: End;
  readonly causes: readonly Reason[];
}

/** What has become of the lines so far. */
export interface Tally {
  accepted: number;
  /** Of those that were accepted, how many were there already. */
  replayed: number;
  refused: number;
  readonly ended: Record<End, number>;
  /** The first of the writes that did not succeed. */
  readonly troubles: Trouble[];
}

/** Writes that did not succeed and are listed. */
const listed = 20;

/** A tally of nothing. */
export const emptyTally = (): Tally => ({
  ...{ accepted: 0, replayed: 0, refused: 0, troubles: [] },
  ended: Object.fromEntries(ends.map((end) => [end, 0])) as Tally['ended'],
});

/** Counts a write that has come to an end; the causes are looked at where it is listed. */
export function count(
  tally: Tally,
  { line, id, end }: Omit<Trouble, 'causes'>,
  causes: readonly Reason[] = [],
): void {
  tally.ended[end]++;
  if (end !== 'SUCCEEDED' && tally.troubles.length < listed) tally.troubles.push({ line, id, end, causes });
}

/** How many accepted writes are not what was asked for. */
export function unsuccessful({ ended }: Tally): number {
  return ends.reduce((sum, end) => (end === 'SUCCEEDED' ? sum : sum + ended[end]), 0);
}

const words: Readonly<Record<End, string>> = {
  SUCCEEDED: 'succeeded',
  PARTIAL: 'in part',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  REVIEW: 'need a person',
  AWAITING_APPROVAL: 'wait for approval',
  UNKNOWN: 'not known to the server any more',
};

/** The last lines of a run. Pure. */
export function summaryOf(tally: Tally, { wait, name }: { wait: boolean; name: string }): string {
  const { accepted, replayed, refused, ended, troubles } = tally;
  const number = (one: number) => one.toLocaleString('en');
  const lines = accepted + refused;
  const there = replayed === 0 ? '' : ` (${number(replayed)} of them there already)`;
  const text = [
    `${number(lines)} ${lines === 1 ? 'line' : 'lines'}: ${number(accepted)} accepted${there}, ${number(refused)} refused.`,
  ];
  if (wait && accepted > 0) {
    const parts = ends
      .filter((end) => end === 'SUCCEEDED' || ended[end] > 0)
      .map((end) => `${number(ended[end])} ${words[end]}`);
    const open = accepted - ends.reduce((sum, end) => sum + ended[end], 0);
    if (open > 0) parts.push(`${number(open)} not over`);
    text.push(`Of those accepted: ${parts.join(', ')}.`);
  }
  if (replayed > 0)
    text.push(
      `What was there already was not done again: the run "${name}" had these lines before; --name makes it another run.`,
    );
  text.push(...troubles.map(troubleText));
  const more = unsuccessful(tally) - troubles.length;
  if (more > 0) text.push(`… and ${number(more)} more.`);
  if (troubles.length > 0) text.push(`All of them: ${seeAll}`);
  return `${text.join('\n')}\n`;
}

function troubleText({ line, id, end, causes }: Trouble): string {
  const why = causes.length === 0 ? '' : `: ${causes.map(reasonText).join('; ')}`;
  return `line ${line}: write ${id} ${end}${why}`;
}

const seeAll =
  '{ customerWrites(first: 100, filter: {lanes: [BULK], states: [PARTIAL, FAILED, CANCELLED, REVIEW, AWAITING_APPROVAL]}) { edges { node { id state receipts { attribute owner outcome cause { code message } } } } pageInfo { hasNextPage endCursor } } }';
