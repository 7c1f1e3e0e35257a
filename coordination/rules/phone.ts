import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Refine } from './rule.ts';

/**
 * A telephone number: in E.164 form where it names its country by `+`, as it is where it does not. Only numbers of an
 * impossible length or country are refused: numbering plans grow faster than tables of them.
 */
export const phone: Refine = (text) => {
  const trimmed = text.trim();
  if (!trimmed.startsWith('+')) return { written: trimmed };
  const parsed = parsePhoneNumberFromString(trimmed, { extract: false });
  if (parsed?.isPossible() !== true) {
    return { wrong: 'No such number can exist: give + and the country code, then a number of that country.' };
  }
  return { written: parsed.number };
};
