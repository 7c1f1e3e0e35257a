import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Failure } from '../runtime/failure.ts';
import { attributes } from '../schema/generated/contracts.ts';
import { valuesOf } from '../schema/values.ts';

const text = z.string().min(1).max(255);
/** Values that are written down, or those that a claim of the caller's token has. */
const values = <T extends z.ZodType<string, string>>(one: T) =>
  z.union([z.array(one).min(1), z.strictObject({ claim: text })]);

const country = z.string().regex(/^[A-Z]{2}$/, 'a country is two capital letters, such as DE');
const segment = z.string().refine((one) => segments().includes(one), {
  error: () => `a segment is one of ${segments().join(', ')}`,
});
const segments = () => valuesOf(attributes.Customer.segment);

const conditions = z
  .strictObject({
    countries: values(country).optional(),
    segments: values(segment).optional(),
    accountOwner: z.union([z.literal('SUBJECT'), z.strictObject({ claim: text })]).optional(),
  })
  .refine((all) => Object.keys(all).length > 0, 'give at least one condition, or "ALL"');

const rule = z.strictObject({
  /** For people who read the file. */
  name: text,
  scopes: z.array(text).default([]),
  claims: z.record(text, z.array(text).min(1)).default({}),
  sees: z.union([z.literal('ALL'), conditions]),
});

const file = z.strictObject({ rules: z.array(rule).min(1) });

/** One rule: to whom it applies, and what they see. Of conditions all have to hold. */
export type RowRule = z.output<typeof rule>;

/**
 * Rules out of the text of a file.
 * @throws Failure INVALID_CONFIGURATION with every mistake and its place
 */
export function rowRulesIn(content: string): readonly RowRule[] {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    throw invalid(`is no JSON: ${String(cause)}`);
  }
  const read = file.safeParse(json);
  if (read.success) return read.data.rules;
  const mistakes = read.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the file'}: ${message}`,
  );
  throw invalid(`does not hold: ${mistakes.join('; ')}`);
}

/** The rules of the file at a path; none without one. */
export function readRowRules(path: string | undefined): readonly RowRule[] | null {
  if (path === undefined) return null;
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (cause) {
    throw invalid(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  return rowRulesIn(content);
}

/** The claims that rules look at. */
export function claimsOf(rules: readonly RowRule[]): readonly string[] {
  const names = rules.flatMap(({ claims, sees }) => [
    ...Object.keys(claims),
    ...(sees === 'ALL' ? [] : Object.values(sees)).flatMap((one) =>
      typeof one === 'object' && 'claim' in one ? [one.claim] : [],
    ),
  ]);
  return [...new Set(names)].sort();
}

function invalid(what: string): Failure {
  return new Failure('INVALID_CONFIGURATION', `ROW_RULES_FILE ${what}. See docs/row-rules.md.`);
}
