import { isEnumType, type GraphQLLeafType } from 'graphql';

/** Characters that JSON escapes, and surrogates, of which a lone one must be escaped. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A string as JSON text. */
export function quote(value: string): string {
  return special.test(value) ? JSON.stringify(value) : `"${value}"`;
}

/**
 * Source text of the condition under which `value` is one of a leaf's ordinary values, and of its JSON text then.
 * An enum's values are in scope as a set of this name.
 */
export function ordinary(
  type: GraphQLLeafType,
  value: string,
  values: string,
): { test: string; text: string } {
  if (isEnumType(type)) return { test: `${values}.has(${value})`, text: `'"' + ${value} + '"'` };
  switch (type.name) {
    case 'Int':
      return { test: `(${value} | 0) === ${value}`, text: `'' + ${value}` };
    case 'Float':
      return { test: `Number.isFinite(${value})`, text: `'' + ${value}` };
    case 'Boolean':
      return { test: `typeof ${value} === 'boolean'`, text: `(${value} ? 'true' : 'false')` };
    default:
      return { test: `typeof ${value} === 'string'`, text: `quote(${value})` };
  }
}
