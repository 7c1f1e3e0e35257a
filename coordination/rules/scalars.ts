import { scalars } from '../../schema/scalars.ts';
import { decimal } from './decimal.ts';
import { email } from './email.ts';
import { iban } from './iban.ts';
import { language } from './language.ts';
import { phone } from './phone.ts';
import { well, wrong, type Refine, type Rule } from './rule.ts';
import { plainText, textRule } from './text.ts';
import { url } from './url.ts';

/** Scalars of which a write asks more than `schema/scalars.ts` does. */
const refinements: Readonly<Record<string, Refine>> = {
  Decimal: decimal,
  EmailAddress: email,
  IBAN: iban,
  LanguageTag: language,
  PhoneNumber: phone,
  URL: url,
};

const builtIn: Readonly<Record<string, Rule>> = {
  String: textRule,
  ID: plainText,
  Boolean: (value) => (typeof value === 'boolean' ? well(value) : wrong(value, 'Give true or false.')),
  Int: (value) => (isInt(value) ? well(value) : wrong(value, 'Give a whole number.')),
  Float: (value) => (Number.isFinite(value) ? well(value) : wrong(value, 'Give a number.')),
};

/** The rule of a scalar of the contract; undefined where nothing is known of it. */
export function scalarRule(name: string): Rule | undefined {
  const own = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
  if (own) return own;
  const form = Object.hasOwn(scalars, name) ? scalars[name] : undefined;
  const refine = Object.hasOwn(refinements, name) ? refinements[name] : undefined;
  if (!form && !refine) return undefined;
  return (value) => {
    const plain = plainText(value);
    if (plain.complaints.length > 0) return plain;
    const text = String(value);
    const broken = form && complaintOf(form, text);
    if (broken !== undefined) return wrong(value, broken);
    const refined = refine?.(text) ?? { written: text };
    return 'wrong' in refined ? wrong(value, refined.wrong) : well(refined.written);
  };
}

/** What a scalar's own parser says against a text: it `expected` something, and so we ask for it. */
function complaintOf(parse: (value: unknown) => string, text: string): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return `${cause.message.replace(/^expected/, 'Give')}.`;
  }
}

function isInt(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value;
}
