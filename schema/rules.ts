import type { Contract } from './contract.ts';
import type { Problem } from './problem.ts';
import * as connections from './rules/connections.ts';
import * as ownership from './rules/ownership.ts';
import * as personal from './rules/personal.ts';
import * as reading from './rules/reading.ts';
import { subjectOf, type Rule } from './rules/rule.ts';
import * as shape from './rules/shape.ts';
import * as words from './rules/words.ts';
import * as writing from './rules/writing.ts';

const rules: readonly Rule[] = [ownership, writing, reading, personal, shape, connections, words].flatMap(
  (group) => Object.values(group),
);

/** Every breach of the conventions by the contracts, by file and line. */
export function lint(contracts: readonly Contract[]): readonly Problem[] {
  const subject = subjectOf(contracts);
  return rules
    .flatMap((rule) => rule(subject))
    .sort((one, other) => one.file.localeCompare(other.file, 'en') || (one.line ?? 0) - (other.line ?? 0));
}
