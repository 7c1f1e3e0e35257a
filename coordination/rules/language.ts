import { isCountry } from '../../schema/codes.ts';
import type { Refine } from './rule.ts';

const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** A BCP 47 tag of a language that exists, in its canonical form: `de-at` is written `de-AT`. */
export const language: Refine = (text) => {
  const locale = localeOf(text);
  if (!locale || languages.of(locale.language) === undefined) {
    return { wrong: 'Give the tag of a language that exists, such as de or de-AT.' };
  }
  if (locale.region !== undefined && /^[A-Z]{2}$/.test(locale.region) && !isCountry(locale.region)) {
    return { wrong: 'Give an ISO 3166-1 country within the language tag, such as the AT of de-AT, or none.' };
  }
  return { written: locale.toString() };
};

function localeOf(text: string): Intl.Locale | null {
  try {
    return new Intl.Locale(text);
  } catch (cause) {
    if (cause instanceof RangeError) return null;
    throw cause;
  }
}
