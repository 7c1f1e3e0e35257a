import { electronicFormatIBAN, isValidIBAN } from 'ibantools';
import type { Refine } from './rule.ts';

/** An ISO 13616 account number with the length, form and check digits of its country; written in capitals without blanks. */
export const iban: Refine = (text) => {
  const written = electronicFormatIBAN(text) ?? '';
  if (!isValidIBAN(written)) {
    return { wrong: 'Give an IBAN whose length and check digits are those of its country; check each sign.' };
  }
  return { written };
};
