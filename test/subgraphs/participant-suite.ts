import { onEveryWire, type Subject } from './connector-bench.ts';
import type { Part } from './participant-bench.ts';
import { participates } from './participant-effects.ts';
import { presents } from './participant-records.ts';
import { stumbles } from './participant-troubles.ts';

/**
 * What coordination may rely on of every owner: it says what is there and what it would refuse, it changes a record at
 * most once, it undoes exactly, and it never claims to know what it does not.
 */
export function participantSuite<R extends object, Rows extends object>(
  subject: Subject<R, Rows>,
  part: Part,
): void {
  onEveryWire(subject, [
    (bench) => {
      participates(bench, part);
    },
    (bench) => {
      presents(bench, part);
    },
    (bench) => {
      stumbles(bench, part);
    },
  ]);
}
