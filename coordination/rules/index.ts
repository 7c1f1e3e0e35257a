import { readFileSync } from 'node:fs';
import type { Values } from '../write.ts';
import { compileRules } from './compile.ts';
import { tooLarge, type Complaint, type Path } from './rule.ts';
import { tooLargeOf, writeLimit } from './size.ts';

/** A value that is refused before any owner is asked. */
export interface ValueRefusal {
  readonly attribute: string;
  /** Where in the attribute's value; empty for all of it. */
  readonly path: Path;
  readonly code: 'INVALID_VALUE' | 'TOO_LARGE';
  /** What is wrong and what to give; never the value itself. */
  readonly message: string;
}

export interface CheckedValues {
  /** Accepted values in the form in which they are written, all others as they were given. */
  readonly values: Values;
  readonly refusals: readonly ValueRefusal[];
}

/** Checks values of an entity's attributes. */
export type CheckValues = (entity: string, changes: Values) => CheckedValues;

/**
 * Every refusal of the values of a write, all at once, with the attribute and a path inside its value; and the values in
 * the form in which they are written. Null clears, and is well. Names that are no attributes are for the planner to
 * refuse. What was checked once is checked again without a change. Pure.
 */
export const checkValues = checkerOf(
  readFileSync(new URL('../../schema/generated/changes.graphql', import.meta.url), 'utf8'),
);

/** The same out of other input types than the published ones. */
export function checkerOf(sdl: string): CheckValues {
  const entities = compileRules(sdl);
  return (entity, changes) => {
    const rules = entities.get(entity);
    const checked = Object.entries(changes).map(([attribute, value]) => {
      const rule = rules?.get(attribute);
      return { attribute, known: rule !== undefined, ...(rule?.(value) ?? { value, complaints: [] }) };
    });
    const sound = checked.filter(({ known, complaints }) => known && complaints.length === 0);
    const largest = tooLargeOf(sound.map(({ attribute, value }) => [attribute, value]));
    const refusals = checked.flatMap(({ attribute, complaints }) =>
      [...complaints, ...(attribute === largest ? [together] : [])].map((complaint) => ({
        attribute,
        ...complaint,
      })),
    );
    return {
      values: Object.fromEntries(checked.map(({ attribute, value }) => [attribute, value])),
      refusals,
    };
  };
}

const together: Complaint = tooLarge(
  `The values of one write take at most ${writeLimit.toLocaleString('en')} bytes together: split it into several.`,
);
