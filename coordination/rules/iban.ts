import { ibanOf } from '../../schema/iban.ts';
import type { Refine } from './rule.ts';

/** An ISO 13616 account number with the length, form and check digits of its country; written in capitals without blanks. */
export const iban: Refine = (text) => {
  const written = ibanOf(text);
  return written === null
    ? { wrong: 'Give an IBAN whose length and check digits are those of its country; check each sign.' }
    : { written };
};
