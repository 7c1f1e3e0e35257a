import { electronicFormatIBAN, isValidIBAN } from 'ibantools';

/** An ISO 13616 account number in capitals without blanks; null for what has not the length, form and check digits of its country. */
export function ibanOf(text: string): string | null {
  const written = text.length <= 60 ? electronicFormatIBAN(text) : null;
  return written !== null && isValidIBAN(written) ? written : null;
}
