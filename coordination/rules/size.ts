/** Most that all values of one write take together, in bytes of JSON. */
export const writeLimit = 64 * 1024;

/** The attribute to refuse where values are too large together: the largest one; undefined where they are not. */
export function tooLargeOf(
  values: readonly (readonly [attribute: string, value: unknown])[],
): string | undefined {
  const sizes = values.map(([attribute, value]) => ({
    attribute,
    bytes: Buffer.byteLength(JSON.stringify(value)),
  }));
  if (sizes.reduce((sum, { bytes }) => sum + bytes, 0) <= writeLimit) return undefined;
  return sizes.reduce((largest, one) => (one.bytes > largest.bytes ? one : largest)).attribute;
}
