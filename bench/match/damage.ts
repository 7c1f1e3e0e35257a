import type { FactAddress, Facts } from '../../identity/facts.ts';
import type { Draws } from '../../subgraphs/seed/population/draws.ts';

/** What happens to a company's facts on the way into another system; null where it cannot happen to these. */
type Damage = (facts: Facts, draws: Draws) => Facts | null;

const letters = 'abcdefghijklmnoprstuvwz';

/** One slip of the pen: a letter changed, left out, doubled or taken before its neighbour. */
function slip(text: string, draws: Draws): string {
  const at = draws.between(1, Math.max(1, text.length - 2));
  const [before, sign = '', next = '', after] = [
    text.slice(0, at),
    text[at],
    text[at + 1],
    text.slice(at + 2),
  ];
  return draws.pick([
    `${before}${draws.pick(Array.from(letters))}${next}${after}`,
    `${before}${next}${after}`,
    `${before}${sign}${sign}${next}${after}`,
    `${before}${next}${sign}${after}`,
  ]);
}

const forms: Readonly<Record<string, readonly string[]>> = {
  DE: ['GmbH', 'G.m.b.H.', 'Gesellschaft mit beschränkter Haftung', 'AG', 'GmbH & Co. KG'],
  AT: ['GmbH', 'Ges.m.b.H.', 'KG'],
  FR: ['SARL', 'S.A.R.L.', 'SAS', 'S.A.'],
  ES: ['S.L.', 'S.A.', 'Sociedad Limitada'],
  IT: ['S.r.l.', 'SRL', 'S.p.A.'],
  GB: ['Ltd', 'Ltd.', 'Limited', 'PLC'],
  US: ['Inc.', 'Inc', 'Incorporated', 'LLC', 'Corp.'],
  BR: ['Ltda.', 'Ltda', 'S/A'],
  MX: ['S.A. de C.V.', 'SA de CV'],
  SE: ['AB', 'Aktiebolag'],
  NL: ['B.V.', 'BV'],
  PL: ['Sp. z o.o.', 'S.A.'],
};
const others = ['Ltd', 'S.A.', 'Inc.'];

/** Latin letters as a Russian and a Greek clerk write them by ear; not the table by which they are read back. */
const scripts: Readonly<Record<'RU' | 'GR', readonly (readonly [string, string])[]>> = {
  RU: pairs(
    'sch ш sh ш ch ч th т ph ф zh ж ck к qu кв x кс ya я yu ю ts ц a а b б c к d д e е f ф g г h х i и j й k к l л m м n н o о p п r р s с t т u у v в w в y и z з',
  ),
  GR: pairs(
    'sch σ sh σ ch χ th θ ph φ ps ψ ck κ qu κ x ξ ou ου a α b μπ c κ d ντ e ε f φ g γκ h χ i ι j ζ k κ l λ m μ n ν o ο p π r ρ s σ t τ u ου v β w ου y υ z ζ',
  ),
};

function pairs(text: string): (readonly [string, string])[] {
  const signs = text.split(' ');
  return signs.flatMap((sign, i) => (i % 2 === 0 ? [[sign, signs[i + 1] ?? ''] as const] : []));
}

function inScript(text: string, table: readonly (readonly [string, string])[]): string {
  let rest = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  let written = '';
  while (rest !== '') {
    const [from, to] = table.find(([latin]) => rest.startsWith(latin)) ?? [rest[0] ?? '', rest[0] ?? ''];
    written += to;
    rest = rest.slice(from.length);
  }
  return written;
}

const shorter: readonly (readonly [RegExp, string])[] = [
  [/\bInternational\b/i, 'Intl.'],
  [/\bTrading\b/i, 'Trdg.'],
  [/\bBrothers\b/i, 'Bros.'],
  [/\bRestaurante?\b/i, 'Rest.'],
  [/\bund\b|\band\b|\bet\b|\by\b/i, '&'],
  [/\bComércio\b/i, 'Com.'],
];

const named = (facts: Facts, change: (name: string) => string): Facts | null => {
  const name = facts.name ?? '';
  const changed = change(name);
  return changed === name || changed.trim() === '' ? null : { ...facts, name: changed };
};
const seated = (facts: Facts, change: (seat: FactAddress) => FactAddress): Facts | null => {
  const [seat, ...more] = facts.addresses ?? [];
  return seat ? { ...facts, addresses: [change(seat), ...more] } : null;
};

/** Every damage by its name. */
export const damages = {
  typo: (facts, draws) => named(facts, (name) => slip(name, draws)),
  'two typos': (facts, draws) => named(facts, (name) => slip(slip(name, draws), draws)),
  'legal form': (facts, draws) =>
    named(facts, (name) => {
      const form = draws.pick(forms[facts.country ?? ''] ?? others);
      const [last = ''] = name.split(' ').slice(-1);
      const had = /^(gmbh|ag|kg|sarl|sas|sa|srl|spa|ltd|limited|inc|llc|corp|plc|bv|nv|ab|oy)$/i.test(
        last.replace(/\./g, ''),
      );
      return had ? (draws.chance(0.5) ? name.slice(0, -last.length - 1) : name) : `${name} ${form}`;
    }),
  'other script': (facts, draws) =>
    named(facts, (name) =>
      /^[\p{sc=Latin}\P{L}]+$/u.test(name)
        ? inScript(name, scripts[draws.pick(['RU', 'GR'] as const)])
        : name,
    ),
  spelling: (facts, draws) =>
    named(facts, (name) =>
      draws.pick([
        name.toUpperCase(),
        name.replace(/ /g, '-'),
        name.normalize('NFKD').replace(/\p{M}/gu, ''),
        name.replace(/ä/g, 'ae').replace(/ö|ø/g, 'oe').replace(/ü/g, 'ue'),
        name.replace(' ', ''),
      ]),
    ),
  'order of words': (facts) => named(facts, (name) => name.split(' ').reverse().join(' ')),
  'words left out': (facts, draws) =>
    named(facts, (name) => {
      const words = name.split(' ');
      return words.length < 3 ? name : words.toSpliced(draws.between(1, words.length - 1), 1).join(' ');
    }),
  abbreviated: (facts) =>
    named(facts, (name) => shorter.reduce((text, [from, to]) => text.replace(from, to), name)),
  moved: (facts, draws) =>
    seated(facts, (seat) => ({
      ...seat,
      street: `${draws.pick(['Neue Straße', 'Station Road', 'Via Roma', 'Rue Neuve', 'Calle Mayor'])} ${draws.between(1, 180)}`,
      postalCode: draws.pattern('#####'),
      ...(draws.chance(0.5) ? { city: draws.pick(['Lyon', 'Graz', 'Leeds', 'Bari', 'Bilbao']) } : {}),
    })),
  'swapped parts of the address': (facts) =>
    seated(facts, (seat) => ({ ...seat, street: seat.city, city: seat.street })),
  'name in the street': (facts) => {
    const [seat, ...more] = facts.addresses ?? [];
    if (!seat?.street || !facts.name) return null;
    return { ...facts, name: seat.street, addresses: [{ ...seat, street: facts.name }, ...more] };
  },
  'tax id mistyped': (facts, draws) => {
    const [taxId, ...more] = facts.taxIds ?? [];
    if (taxId === undefined) return null;
    const at = draws.between(2, taxId.length - 1);
    return {
      ...facts,
      taxIds: [`${taxId.slice(0, at)}${draws.between(0, 9)}${taxId.slice(at + 1)}`, ...more],
    };
  },
  'other telephone': (facts, draws) => ({ ...facts, phones: [draws.pattern('+44 20 7### ####')] }),
  'other domain': (facts, draws) => ({
    ...facts,
    domains: [draws.chance(0.5) ? 'gmail.com' : (facts.domains?.[0] ?? '').replace(/\.example$/, '.test')],
  }),
} satisfies Record<string, Damage>;

export type DamageName = keyof typeof damages;
export const damageNames = Object.keys(damages) as readonly DamageName[];

/** How often the fields that a system does not ask for are not there. */
const unasked: Readonly<Partial<Record<keyof Facts, number>>> = {
  taxIds: 0.6,
  leis: 0.7,
  ibans: 0.8,
  phones: 0.4,
  domains: 0.3,
  addresses: 0.3,
  country: 0.2,
};

/** A company as somebody enters it a second time: with less, and with one to three damages. */
export function enteredAgain(
  facts: Facts,
  draws: Draws,
): { readonly facts: Facts; readonly damaged: readonly DamageName[] } {
  let entered: Facts = Object.fromEntries(
    Object.entries(facts).filter(([field]) => !draws.chance(unasked[field as keyof Facts] ?? 0)),
  );
  const damaged: DamageName[] = [];
  const count = draws.weighted([
    [1, 5],
    [2, 3],
    [3, 2],
  ]);
  for (let tries = 0; damaged.length < count && tries < 20; tries++) {
    const name = draws.pick(damageNames);
    const done = damaged.includes(name) ? null : damages[name](entered, draws);
    if (done === null) continue;
    entered = done;
    damaged.push(name);
  }
  return { facts: entered, damaged };
}
