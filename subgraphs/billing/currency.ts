import { digitsOf } from '../../schema/codes.ts';

/** An amount in minor units as an exact decimal: 1050 is `10.50` in EUR, `1050` in JPY and `1.050` in KWD. */
export function decimalAmount(minor: number | bigint, currency: string): string {
  const units = BigInt(minor);
  const places = digitsOf(currency);
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places);
  return `${units < 0n ? '-' : ''}${whole}${fraction && '.'}${fraction}`;
}
