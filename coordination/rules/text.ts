import { isMasked } from '../../schema/masking.ts';
import { tooLarge, well, wrong, type Checked, type Rule } from './rule.ts';

/** Longest text, in UTF-16 units. */
export const textLimit = 4_000;

/** Steering signs, line and paragraph separators, and what turns the direction of the text around it. */
const forbidden = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

const tooLong = `Give at most ${textLimit.toLocaleString('en')} characters.`;

/** A text that people read: composed (NFC), without blanks at its ends. */
export const textRule: Rule = (value) => {
  const plain = plainText(value);
  if (plain.complaints.length > 0) return plain;
  const written = String(plain.value).trim().normalize('NFC');
  return written.length > textLimit ? tooLongText(value) : well(written);
};

/** A text as it is, refused only where no system could keep it. */
export const plainText: Rule = (value) => {
  if (typeof value !== 'string') return wrong(value, 'Give a text.');
  if (value.length > textLimit) return tooLongText(value);
  if (value.trim() === '') return wrong(value, 'The text is empty: give some, or null for none.');
  if (!value.isWellFormed())
    return wrong(value, 'Half of a surrogate pair stands alone: give whole characters.');
  if (isMasked(value)) return wrong(value, 'This stands for a value that you may not see; give the value.');
  if (forbidden.test(value)) return wrong(value, 'Give a text on one line, without control characters.');
  return well(value);
};

function tooLongText(value: unknown): Checked {
  return { value, complaints: [tooLarge(tooLong)] };
}
