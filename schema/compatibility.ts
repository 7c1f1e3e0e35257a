import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseOf } from './base.ts';
import { changesBetween } from './changes.ts';
import type { Change } from './changes/change.ts';
import type { Composed } from './compose.ts';
import { intendedFile, parseIntended, unintended, unneeded } from './intended.ts';
import type { Problem } from './problem.ts';

/** What clients notice of the present contracts, and what of it must not happen. */
export interface Compatibility {
  /** What the present schema was compared with, in words; absent where there is no earlier one. */
  readonly base?: string;
  readonly changes: readonly Change[];
  /** Breaking changes that are not listed as intended. */
  readonly problems: readonly Problem[];
  /** Things to know that break nothing, in sentences. */
  readonly notes: readonly string[];
}

const noBase =
  'There is no earlier schema to compare with; in a clone without history fetch it, or name a reference with --base.';

/**
 * Compares the present schema with the one that clients know.
 * @param reference as in `baseOf`.
 */
export function compatibility(root: string, present: Composed, reference?: string): Compatibility {
  const intended = parseIntended(readIntended(root));
  if ('problems' in intended) return { changes: [], problems: intended.problems, notes: [] };
  const base = baseOf(root, present, reference);
  if (!base) return { changes: [], problems: [], notes: [noBase] };
  const changes = changesBetween(base.composed, present);
  return {
    base: base.name,
    changes,
    problems: unintended(changes, intended),
    notes: unneeded(changes, intended).map(
      ({ coordinate, code }) =>
        `${intendedFile} lists ${code} ${coordinate}, which is no change against ${base.name}; remove the entry once it is published.`,
    ),
  };
}

function readIntended(root: string): string {
  const path = join(root, intendedFile);
  return existsSync(path) ? readFileSync(path, 'utf8') : '[]';
}
