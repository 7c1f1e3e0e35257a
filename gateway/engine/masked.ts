import { masking, type Pseudonym } from '../../schema/masking.ts';
import type { Mask } from '../../schema/personal.ts';
import { quote } from './leaves.ts';

/** The JSON text of what is shown of a value, whatever it is. */
export function masked(
  mask: Exclude<Mask, 'NULL'>,
  coordinate: string,
  pseudonym: Pseudonym,
): (value: unknown) => string {
  const shown = masking(mask, coordinate, pseudonym);
  return (value) => quote(shown(typeof value === 'string' ? value : JSON.stringify(value)));
}
