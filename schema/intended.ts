import type { Change } from './changes/change.ts';
import type { Problem } from './problem.ts';

/** A breaking change that is meant: what changes, and why clients can bear it. */
export interface Intention {
  readonly coordinate: string;
  readonly code: string;
  readonly reason: string;
}

/** Path of the list of intended changes from the root. */
export const intendedFile = 'schema/intended.json';

/** Reads the list of intended changes; every entry must say what, which change, and why. */
export function parseIntended(
  text: string,
): readonly Intention[] | { readonly problems: readonly Problem[] } {
  const entries = parseJson(text);
  if (Array.isArray(entries) && entries.every(isIntention)) return entries;
  const message =
    'It must be a JSON array of objects with "coordinate", "code" and a non-empty "reason"; mend it.';
  return { problems: [{ file: intendedFile, code: 'INTENDED_MALFORMED', message }] };
}

/** Each breaking change that nobody said was meant. */
export function unintended(changes: readonly Change[], intended: readonly Intention[]): readonly Problem[] {
  return changes
    .filter(({ impact }) => impact === 'BREAKING')
    .filter((change) => !intended.some((intention) => isAbout(intention, change)))
    .map(({ coordinate, code, message }) => ({
      file: 'schema/generated/api.graphql',
      coordinate,
      code,
      message: `${message} This breaks clients: take it back, or, if it is meant, list it with a reason in ${intendedFile}.`,
    }));
}

/** The intentions that no breaking change needs any more. */
export function unneeded(changes: readonly Change[], intended: readonly Intention[]): readonly Intention[] {
  const breaking = changes.filter(({ impact }) => impact === 'BREAKING');
  return intended.filter((intention) => !breaking.some((change) => isAbout(intention, change)));
}

function isAbout(intention: Intention, change: Change): boolean {
  return intention.coordinate === change.coordinate && intention.code === change.code;
}

function isIntention(entry: unknown): entry is Intention {
  if (typeof entry !== 'object' || entry === null) return false;
  const { coordinate, code, reason } = entry as Partial<Record<keyof Intention, unknown>>;
  return [coordinate, code, reason].every((value) => typeof value === 'string' && value.trim() !== '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
