const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Codes that Intl has a name for although ISO 3166-1 does not assign them: unions, islands of their owners, tests. */
const unassigned = new Set('AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ'.split(' '));

/** Whether ISO 3166-1 assigns the code; Kosovo's XK counts. */
export function isCountry(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code) || unassigned.has(code) || regions.of(code) === undefined) return false;
  return new Intl.Locale(`und-${code}`).region === code; // a withdrawn code turns into its successor
}

/** Whether ISO 4217 lists the code. */
export function isCurrency(code: string): boolean {
  return currencies.has(code);
}

// Intl's digits are those of cash in use (none for HUF or COP); ISO 4217's minor units are what is booked.
const unusualDigits = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
    .split(' ')
    .map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

/** Digits after the decimal point that an amount in this currency has: ISO 4217's minor unit. */
export function digitsOf(currency: string): number {
  return unusualDigits.get(currency) ?? 2;
}
