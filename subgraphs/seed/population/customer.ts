import { chargesOf, type Charges } from './charges.ts';
import { mod9710 } from './check-digits.ts';
import { countries, type Country } from './countries.ts';
import { cultures, industries, type Culture } from './cultures.ts';
import { drawsOf, type Draws } from './draws.ts';
import { standingOf, type Standing } from './group.ts';
import { peopleOf, type Person } from './person.ts';
import { registered, type Registered } from './tax-ids.ts';
import type { Word } from './words.ts';

/** The last day of the population's life: dates do not depend on the day of seeding. */
export const lastDay = Date.UTC(2026, 5, 30);

/** How far back, in days, is a day such as `2026-03-01`. */
const dayBefore = (age: number): string => new Date(lastDay - age * 86_400_000).toISOString().slice(0, 10);

export interface Place {
  readonly lines: readonly string[];
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string;
  readonly country: string;
}

/** A synthetic customer, as the world knows it: what the systems make of it is theirs. */
export interface SyntheticCustomer {
  readonly index: number;
  readonly standing: Standing;
  readonly country: Country;
  /** Language of correspondence. */
  readonly language: string;
  readonly name: string;
  readonly registeredName: string;
  readonly legalForm: string;
  /** A name that nobody can register: under `.example`. */
  readonly domain: string;
  readonly phone: string;
  readonly industry: string;
  readonly employees: number;
  readonly stage: 'prospect' | 'onboarding' | 'active' | 'on hold' | 'suspended' | 'former';
  readonly publicBody: boolean;
  readonly reseller: boolean;
  readonly register: Registered;
  readonly lei: string | null;
  /** First day of the relation. */
  readonly since: string;
  readonly netDays: 0 | 14 | 30 | 45 | 60;
  /** The seat first; none but the seat, or one or two others where goods go. */
  readonly places: readonly [Place, ...Place[]];
  readonly people: readonly Person[];
  readonly charges: Charges;
}

/** What is drawn for a customer, apart from its group. */
const kinds = { name: 2, whole: 3 } as const;

interface Naming {
  readonly country: Country;
  readonly culture: Culture;
  readonly language: string;
  readonly trade: number;
  readonly brand: Word;
}

/** What a customer is called on its own, without regard to a group. */
function namingOf(seed: number, index: number): Naming {
  const draws = drawsOf(seed, kinds.name, index);
  const country = draws.weighted(countries.map((one) => [one, one.weight] as const));
  const spoken = draws.pick(country.cultures);
  const culture = cultureOf(spoken);
  const trade = draws.between(0, industries.length - 1);
  return { country, culture, language: spoken.slice(0, 2), trade, brand: brandOf(draws, culture) };
}

function brandOf(draws: Draws, culture: Culture): Word {
  const [one, other] = [draws.pick(culture.family), draws.pick(culture.family)];
  const parts = culture.coined.map((list) => draws.pick(list));
  const coined = {
    text: parts.map(({ text }) => text).join(''),
    slug: parts.map(({ slug }) => slug).join(''),
  };
  return draws.weighted([
    [one, 3],
    [coined, 5],
    [
      culture.familyFirst ? one : { text: `${one.text} & ${other.text}`, slug: `${one.slug}-${other.slug}` },
      1,
    ],
  ]);
}

function cultureOf(name: string): Culture {
  const found = cultures.get(name);
  if (!found) throw new RangeError(`There is no culture called ${name}.`);
  return found;
}

/** The customer with this index: always the same for the same seed, whatever others there are. */
export function customerAt(seed: number, index: number): SyntheticCustomer {
  const standing = standingOf(seed, index);
  const { country, culture, language, ...own } = namingOf(seed, index);
  const above = standing.head === index ? null : namingOf(seed, standing.head);
  const draws = drawsOf(seed, kinds.whole, index);

  // A member carries the brand of its group, in Latin letters where its own country writes in others.
  const { trade } = above ?? own;
  const trades = culture.trades[trade] ?? '';
  const industry = industries[trade] ?? { text: '', slug: '' };
  const brand = above ? titled(above.brand.slug) : own.brand.text;
  const name = above
    ? `${brand} ${country.name}${draws.chance(0.5) ? ` ${industry.text}` : ''}`
    : brand + culture.space + trades;
  const legal = draws.pick(country.forms);
  const slug = `${(above ?? own).brand.slug}-${industry.slug}`;
  const domain = `${slug}-${index.toString(36)}.example`;

  const head = standing.leads;
  const employees = Math.round(10 ** (draws.between(head ? 230 : 40, head ? 470 : 330) / 100));
  const stage = head
    ? 'active'
    : draws.weighted([
        ['active', 78],
        ['prospect', 8],
        ['onboarding', 3],
        ['on hold', 4],
        ['suspended', 2],
        ['former', 5],
      ] as const);
  const netDays = draws.weighted([
    [30, 50],
    [14, 20],
    [45, 12],
    [60, 14],
    [0, 4],
  ] as const);
  const phone = draws.pattern(country.phone);
  const register = registered(country.code, draws);
  return {
    index,
    standing,
    country,
    language,
    name,
    registeredName: legal.pattern.replace('{}', name),
    legalForm: legal.form,
    domain,
    phone,
    industry: industry.text,
    employees,
    stage,
    publicBody: !head && above === null && draws.chance(0.03),
    reseller: !head && draws.chance(0.06),
    register,
    lei: draws.chance(employees > 1000 ? 0.9 : 0.25) ? leiOf(draws) : null,
    since: dayBefore(draws.between(120, 5000)),
    netDays,
    places: [placeOf(draws, country, culture), ...morePlaces(draws, country, culture)],
    people: peopleOf(draws, culture, {
      domain,
      phone,
      day: (from, to) => dayBefore(draws.between(from, to)),
    }),
    charges: chargesOf(draws, country, {
      employees,
      netDays,
      buys: stage === 'active' || stage === 'onboarding',
    }),
  };
}

function placeOf(draws: Draws, country: Country, culture: Culture): Place {
  const { city, postalCode, region } = draws.pick(country.towns);
  return {
    lines: [draws.pick(culture.streets).replace('{n}', String(draws.between(1, 180)))],
    city,
    region,
    postalCode: draws.pattern(postalCode),
    country: country.code,
  };
}

function morePlaces(draws: Draws, country: Country, culture: Culture): Place[] {
  return Array.from(
    {
      length: draws.weighted([
        [0, 6],
        [1, 3],
        [2, 1],
      ]),
    },
    () => placeOf(draws, country, culture),
  );
}

/** An LEI of an issuer that does not exist. */
function leiOf(draws: Draws): string {
  const stem = draws.pattern('999900@@####@@####');
  return stem + mod9710(stem);
}

function titled(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
