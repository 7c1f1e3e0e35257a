import { Failure } from '../../runtime/failure.ts';
import type { MatchInput } from '../../schema/generated/identity.ts';
import type { Facts } from '../facts.ts';

/** Values of one kind that a description may have. */
const mostValues = 20;
/** Characters of one value. */
const longest = 500;

/**
 * The facts of a description.
 * @throws Failure BAD_USER_INPUT for one that says nothing, and for one that says too much
 */
export function described(input: MatchInput): Facts {
  const given = Object.entries(input).flatMap(([field, value]) => {
    const values = typeof value === 'string' ? [value] : (value ?? []);
    const texts = values.flatMap((one) => (typeof one === 'string' ? [one] : Object.values(one)));
    return [{ field, count: values.length, texts: texts.filter((text) => typeof text === 'string') }];
  });
  if (given.every(({ texts }) => texts.every((text) => text.trim() === '')))
    throw new Failure('BAD_USER_INPUT', '"input" says nothing of the customer; give at least one field.');
  for (const { field, count, texts } of given) {
    if (count > mostValues)
      throw new Failure('BAD_USER_INPUT', `"input.${field}" must have at most ${mostValues} values.`);
    if (texts.some((text) => text.length > longest))
      throw new Failure('BAD_USER_INPUT', `"input.${field}" must have at most ${longest} characters.`);
  }
  return input;
}
