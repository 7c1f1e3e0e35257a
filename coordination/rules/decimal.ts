import type { Refine } from './rule.ts';

/** Digits of a number, before and after the point together, that every owner and the store keep exactly. */
const digitLimit = 18;

/** An exact number. There is no negative nothing: `-0.00` is written `0.00`. */
export const decimal: Refine = (text) => {
  const digits = text.replace(/\D/g, '');
  if (digits.length > digitLimit)
    return { wrong: `Give at most ${digitLimit} digits, those after the point included.` };
  return { written: /[1-9]/.test(digits) ? text : text.replace('-', '') };
};
