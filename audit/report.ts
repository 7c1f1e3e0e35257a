import { duration } from '../runtime/terminal/progress.ts';
import type { Verdict } from './judge.ts';

const count = (number: number): string => number.toLocaleString('en');

/** What was found, in sentences, and whether all is well. Pure. */
export function reportOf(
  { findings, fault, signed }: Verdict,
  patience: number,
): { text: string; whole: boolean } {
  const { entries, byAction, last, waiting } = findings;
  const late = waiting.oldest !== null && waiting.oldest > patience;
  const each = [...byAction]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, number]) => `${name} ${count(number)}`)
    .join(', ');
  const lines = [
    ...(fault ? [fault.sentence] : []),
    `${count(entries)} entries ${findings.fault ? 'before that are' : 'checked:'} in order, none missing, each as it was sealed.`,
    ...(last ? [`Last: ${last.position} of ${last.at}. By action: ${each}.`] : []),
    signed
      ? `Signed up to entry ${signed.position}, by checkpoint ${signed.number} of ${signed.at} with the key ${signed.keyId}.`
      : `None of it is signed${signed === undefined ? ': whoever can rewrite the store can rewrite it' : ''}.`,
    waiting.oldest === null
      ? 'Nothing that was recorded waits for its place.'
      : `Recorded, and waiting for a place: ${count(waiting.waiting)}, the oldest for ${duration(waiting.oldest)}.` +
        (late ? ' That is too long: see whether a server with the role audit runs.' : ''),
  ];
  return { text: lines.join('\n'), whole: fault === null && !late };
}
