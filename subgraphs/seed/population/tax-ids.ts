import { chinese, indian, luhn, mod1110, turkish, weighted } from './check-digits.ts';
import type { Draws } from './draws.ts';

/** A company in its country's registers. */
export interface Registered {
  /** The tax id as it is written on invoices, without separators. */
  readonly taxId: string;
  /** The digit of the ERP's tax type: 0 for the tax on sales, 1 for other ids. */
  readonly taxType: 0 | 1;
  /** Number in the company register, where it is not the tax id itself. */
  readonly registration: string | null;
}

type Rule = (draws: Draws) => Registered;

/** Draws digits until they have a check digit: with some schemes one number in eleven has none. */
function until(draws: Draws, pattern: string, check: (digits: string) => string | null): string {
  for (;;) {
    const digits = draws.pattern(pattern);
    const found = check(digits);
    if (found !== null) return digits + found;
  }
}

/** 11 less the remainder, null for 10. */
const mod11 =
  (...weights: number[]) =>
  (digits: string): string | null => {
    const check = (11 - (weighted(digits, weights) % 11)) % 11;
    return check === 10 ? null : String(check);
  };

const nonZero = (draws: Draws, pattern: string) => `${draws.between(1, 9)}${draws.pattern(pattern)}`;
const sales = (taxId: string, registration: string | null = null): Registered => ({
  taxId,
  taxType: 0,
  registration,
});
const local = (taxId: string, registration: string | null = null): Registered => ({
  taxId,
  taxType: 1,
  registration,
});

const rules: Readonly<Record<string, Rule>> = {
  AT(draws) {
    const digits = draws.pattern('#######');
    const check = (Number(luhn(`${digits}0`)) + 6) % 10;
    return sales(
      `ATU${digits}${check}`,
      `FN ${nonZero(draws, '#####')}${draws.pick(['a', 'b', 'd', 'f', 'g'])}`,
    );
  },
  AU(draws) {
    const stem = draws.pattern('0#######');
    const company = stem + String((10 - (weighted(stem, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10);
    const checks = 99 - (weighted(company, [3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89);
    return sales(`${checks}${company}`, company);
  },
  BE(draws) {
    const digits = `0${nonZero(draws, '######')}`;
    const number = digits + String(97 - (Number(digits) % 97)).padStart(2, '0');
    return sales(`BE${number}`, number);
  },
  BG(draws) {
    const digits = draws.pattern('1#######');
    const first = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8]) % 11;
    const second = weighted(digits, [3, 4, 5, 6, 7, 8, 9, 10]) % 11;
    const number = `${digits}${first < 10 ? first : second % 10}`;
    return sales(`BG${number}`, number);
  },
  BR(draws) {
    const stem = `${nonZero(draws, '#######')}0001`;
    const check = (digits: string, weights: readonly number[]) => {
      const rest = weighted(digits, weights) % 11;
      return rest < 2 ? '0' : String(11 - rest);
    };
    const one = stem + check(stem, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    return local(one + check(one, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]));
  },
  CA(draws) {
    const digits = nonZero(draws, '#######');
    return sales(
      `${digits}${luhn(digits)}RT0001`,
      `${draws.between(100_000, 9_999_999)}-${draws.between(1, 9)}`,
    );
  },
  CH(draws) {
    const number = `CHE${until(draws, '1#######', mod11(5, 4, 3, 2, 7, 6, 5, 4))}`;
    return sales(`${number}MWST`, number);
  },
  CN(draws) {
    const area = draws.pick(['110105', '310115', '440305', '330106', '510104']);
    return sales(until(draws, `91${area}MA#######`, chinese));
  },
  CZ(draws) {
    const digits = draws.pattern('2######');
    const rest = weighted(digits, [8, 7, 6, 5, 4, 3, 2]) % 11;
    const number = `${digits}${(11 - rest) % 10}`;
    return sales(`CZ${number}`, number);
  },
  DE(draws) {
    const digits = nonZero(draws, '#######');
    return sales(`DE${digits}${mod1110(digits)}`, `HRB ${draws.between(1_000, 299_999)}`);
  },
  DK(draws) {
    const number = until(draws, '3######', mod11(2, 7, 6, 5, 4, 3, 2));
    return sales(`DK${number}`, number);
  },
  ES(draws) {
    const form = draws.pick(['A', 'B']);
    const digits = draws.pick(['08', '28', '41', '46', '48']) + draws.pattern('#####');
    return sales(`ES${form}${digits}${luhn(digits)}`, `M-${draws.between(10_000, 799_999)}`);
  },
  FI(draws) {
    const digits = until(draws, '2######', mod11(7, 9, 10, 5, 8, 4, 2));
    return sales(`FI${digits}`, `${digits.slice(0, 7)}-${digits.slice(7)}`);
  },
  FR(draws) {
    const stem = draws.pattern('4#######');
    const siren = stem + luhn(stem);
    return sales(`FR${String((12 + 3 * (Number(siren) % 97)) % 97).padStart(2, '0')}${siren}`, siren);
  },
  GB(draws) {
    const digits = draws.pattern('3######');
    const sum = weighted(digits, [8, 7, 6, 5, 4, 3, 2]);
    return sales(`GB${digits}${String(97 - (sum % 97)).padStart(2, '0')}`, draws.pattern('1#######'));
  },
  GR(draws) {
    const digits = draws.pattern('09######');
    const check = (weighted(digits, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10;
    return sales(`EL${digits}${check}`, draws.pattern('############'));
  },
  IE(draws) {
    const digits = draws.pattern('3######');
    // The H of a company is an eighth digit, with the weight 9.
    const sum = weighted(digits, [8, 7, 6, 5, 4, 3, 2]) + 8 * 9;
    return sales(
      `IE${digits}${'WABCDEFGHIJKLMNOPQRSTUV'[sum % 23] ?? ''}H`,
      String(draws.between(400_000, 739_999)),
    );
  },
  IN(draws) {
    const state = draws.pick(['27', '29', '07', '33', '24']);
    const stem = `${state}${draws.pattern('@@@C@####@')}1Z`;
    return sales(stem + indian(stem));
  },
  IT(draws) {
    const digits = `${draws.pattern('0######')}${draws.pick(['001', '015', '058', '063', '037'])}`;
    return sales(`IT${digits}${luhn(digits)}`, `MI-${draws.between(1_000_000, 2_699_999)}`);
  },
  JP(draws) {
    const digits = draws.pattern('0#0001######');
    const sum = weighted(digits, [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
    return local(`${9 - (sum % 9)}${digits}`);
  },
  KR(draws) {
    const digits = `${draws.between(101, 699)}8${draws.pattern('#####')}`;
    const last = Number(digits[8]);
    const sum = weighted(digits, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor((last * 5) / 10);
    return sales(`${digits}${(10 - (sum % 10)) % 10}`, draws.pattern('110111#######'));
  },
  MX(draws) {
    const born = `${draws.between(80, 99)}${two(draws.between(1, 12))}${two(draws.between(1, 28))}`;
    const stem = `${draws.pattern('@@@')}${born}${draws.pick(Array.from('ABCDEFGHJKLMNPQRSTUV'))}${draws.between(1, 9)}`;
    return local(stem + mexican(stem));
  },
  NL(draws) {
    const number = until(draws, '8#######', (digits) => {
      const check = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return check === 10 ? null : String(check);
    });
    return sales(`NL${number}B01`, draws.pattern('6#######'));
  },
  NO(draws) {
    const number = until(draws, '9#######', mod11(3, 2, 7, 6, 5, 4, 3, 2));
    return sales(`NO${number}MVA`, number);
  },
  PL(draws) {
    const number = until(draws, '52#######', (digits) => {
      const check = weighted(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11;
      return check === 10 ? null : String(check);
    });
    return sales(`PL${number}`, draws.pattern('0000######'));
  },
  PT(draws) {
    const digits = draws.pattern('50######');
    const rest = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    const number = `${digits}${rest < 2 ? 0 : 11 - rest}`;
    return sales(`PT${number}`, number);
  },
  SE(draws) {
    const digits = draws.pattern('556######');
    const number = digits + luhn(digits);
    return sales(`SE${number}01`, `${number.slice(0, 6)}-${number.slice(6)}`);
  },
  TR(draws) {
    const digits = nonZero(draws, '########');
    return local(digits + turkish(digits), draws.pattern('######'));
  },
  US(draws) {
    const prefix = draws.pick(['12', '20', '26', '36', '47', '58', '74', '81', '94']);
    return local(`${prefix}${draws.pattern('#######')}`, draws.pattern('C#######'));
  },
};

function mexican(stem: string): string {
  const alphabet = '0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ';
  const sum = Array.from(` ${stem}`).reduce((total, sign, i) => total + alphabet.indexOf(sign) * (13 - i), 0);
  return '0123456789A'[(11 - (sum % 11)) % 11] ?? '0';
}

const two = (number: number) => String(number).padStart(2, '0');

/** Countries whose companies can be registered. */
export const registerCountries: readonly string[] = Object.keys(rules);

/** A company's entries in its country's registers: well-formed, with check digits that hold, and nobody's in particular. */
export function registered(country: string, draws: Draws): Registered {
  const rule = rules[country];
  if (!rule) throw new RangeError(`There is no rule for tax ids of ${country}.`);
  return rule(draws);
}
