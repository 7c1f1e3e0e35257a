import { postcodeValidator, postcodeValidatorExistsForCountry } from 'postcode-validator';

/** Countries whose posts take more than the library knows: shorter, longer or older codes that are in daily use. */
const wider = new Set('AR AZ CL KZ SA SO SV'.split(' '));

/** Country prefixes that people put before a code: `D-10115`, `LT-01100`. */
const prefix = /^[A-Z]{1,3}-(?=\d)/;

/** A postal code in capitals, with single blanks. */
export function writtenPostalCode(code: string): string {
  return code
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** Whether a country has postal codes of this form; true for a country without known ones. */
export function isPostalCode(code: string, country: string): boolean {
  if (wider.has(country) || !postcodeValidatorExistsForCountry(country)) return true;
  return [code, code.replace(prefix, '')].some((one) => postcodeValidator(one, country));
}
