import type { Asked } from './asked.ts';
import type { Swept } from './million.ts';
import { byDamage, chosenOn, isFound, isSame, qualityOf, rules, type Measured } from './quality.ts';

/** Everything that one run found of the matcher. */
export interface Found {
  readonly seed: number;
  /** The half on which thresholds are chosen, and the one on which they are measured. */
  readonly halves: readonly [Measured, Measured];
  readonly asked: Asked;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const count = (number: number): string => Math.round(number).toLocaleString('en');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The thresholds that the rules choose on the first half. */
export const chosen = ({ halves: [first] }: Found) => ({
  SAME: chosenOn(first, rules.SAME),
  ASK: chosenOn(first, rules.ASK),
});

/** The tables of docs/duplicates.md. */
export function markdown(found: Found): string {
  const verdicts = (half: Measured) =>
    [isSame, isFound].map((some) => {
      const quality = qualityOf(half, some);
      return [percent(quality.precision), percent(quality.recall)];
    });
  const [first, second] = found.halves;
  const halves = [
    ['chosen on', first],
    ['measured on', second],
  ] as const;
  return [
    table(
      [
        'half',
        'records',
        'pairs',
        'of one company',
        'compared',
        'of one company among them',
        'SAME: precision',
        'recall',
        'SAME or ASK: precision',
        'recall',
      ],
      halves.map(([name, half]) => [
        name,
        ...[half.records, half.pairs, half.same].map(count),
        `${count(half.scored.length)}, 1 in ${count(half.pairs / half.scored.length)}`,
        percent(half.scored.filter(({ same }) => same).length / half.same),
        ...verdicts(half).flat(),
      ]),
    ),
    '',
    table(
      ['what happened to one of the two', 'pairs', 'share a block', 'SAME or ASK', 'SAME'],
      byDamage(second).map(({ name, pairs, blocked, found: some, same }) => [
        name,
        count(pairs),
        ...[blocked, some, same].map(percent),
      ]),
    ),
    '',
    `Asked before it is entered again, one by one, of a register of all companies: ${percent(found.asked.found)} of ${count(found.asked.asked)} are found as SAME or ASK,`,
    `${percent(found.asked.same)} as SAME; ${percent(found.asked.wrong)} are told to be the SAME as another company.`,
  ].join('\n');
}

/** The row of a sweep in docs/duplicates.md. */
export function sweepMarkdown(swept: Swept): string {
  const { found, twice } = swept;
  const megabytes = (bytes: number) => `${count(bytes / 2 ** 20)} MB`;
  const each = ({ pairs, right }: { pairs: number; right: number }) =>
    `${count(pairs)}, ${count(right)} of them right`;
  return table(
    [
      'store',
      'customers',
      'entries of blocks',
      'pairs compared',
      'sweep',
      'CPU of its process',
      'memory before',
      'at its peak',
      'SAME',
      'ASK',
      'entered twice',
    ],
    [
      [
        swept.store === 'pglite' ? 'PGlite' : 'PostgreSQL',
        ...[swept.customers, swept.entries, swept.compared].map(count),
        `${count(swept.seconds)} s`,
        `${count(swept.cpu)} s`,
        ...[swept.before, swept.peak].map(megabytes),
        each(found.SAME),
        each(found.ASK),
        count(twice),
      ],
    ],
  );
}
