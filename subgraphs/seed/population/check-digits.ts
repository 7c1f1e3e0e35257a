/** Check digits as registers compute them. All take and give digits as text. */

const digitsOf = (text: string): number[] => Array.from(text).map(Number);

/** The sum of the digits, each times its weight. */
export function weighted(digits: string, weights: readonly number[]): number {
  return digitsOf(digits).reduce((sum, digit, i) => sum + digit * (weights[i] ?? 0), 0);
}

/** The digit that makes a number pass Luhn's check. */
export function luhn(digits: string): string {
  const sum = digitsOf(digits)
    .reverse()
    .reduce(
      (total, digit, i) => total + (i % 2 === 0 ? Math.floor(digit / 5) + ((digit * 2) % 10) : digit),
      0,
    );
  return String((10 - (sum % 10)) % 10);
}

/** ISO 7064, MOD 11,10. */
export function mod1110(digits: string): string {
  const product = digitsOf(digits).reduce((carried, digit) => {
    const sum = (digit + carried) % 10 || 10;
    return (sum * 2) % 11;
  }, 10);
  return String((11 - product) % 10);
}

/** ISO 7064, MOD 97-10: the two digits after letters and digits, as in an LEI. */
export function mod9710(text: string): string {
  const digits = Array.from(`${text}00`)
    .map((sign) => String(parseInt(sign, 36)))
    .join('');
  return String(98n - (BigInt(digits) % 97n)).padStart(2, '0');
}

/**
 * The last sign of China's credit code: 31 signs, weights that are powers of 3. Null where it would be 0, which is
 * correct, and which some of those who check do not accept.
 */
export function chinese(code: string): string | null {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const sum = Array.from(code).reduce((total, sign, i) => total + alphabet.indexOf(sign) * (3 ** i % 31), 0);
  return sum % 31 === 0 ? null : (alphabet[31 - (sum % 31)] ?? null);
}

/** The last sign of India's GSTIN: Luhn's scheme over 36 signs. */
export function indian(code: string): string {
  const sum = Array.from(code).reduce((total, sign, i) => {
    const product = parseInt(sign, 36) * (i % 2 === 0 ? 1 : 2);
    return total + Math.floor(product / 36) + (product % 36);
  }, 0);
  return ((36 - (sum % 36)) % 36).toString(36).toUpperCase();
}

/** The last digit of Turkey's tax number. */
export function turkish(digits: string): string {
  const sum = digitsOf(digits).reduce((total, digit, i) => {
    const shifted = (digit + 9 - i) % 10;
    const power = (shifted * 2 ** (9 - i)) % 9;
    return total + (shifted !== 0 && power === 0 ? 9 : power);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}
