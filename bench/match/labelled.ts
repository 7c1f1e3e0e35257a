import type { Facts } from '../../identity/facts.ts';
import { customerAt } from '../../subgraphs/seed/population/customer.ts';
import { drawsOf, type Draws } from '../../subgraphs/seed/population/draws.ts';
import { recordsOf } from '../../subgraphs/seed/northwind/records.ts';
import { readNorthwind } from '../../subgraphs/seed/northwind/rows.ts';
import { enteredAgain, type DamageName } from './damage.ts';

/** A record of a company, and which company it is. */
export interface Labelled {
  readonly company: string;
  /** The half that the company is in: thresholds are chosen on the first and measured on the second. */
  readonly half: 0 | 1;
  readonly facts: Facts;
  /** What happened to it; empty for the company as it is. */
  readonly damaged: readonly DamageName[];
}

/** What is drawn for a company of the sample. */
const kinds = { facts: 101, namesake: 102, again: 103 } as const;
/** How often a company of the sample was entered again. */
const northwindCopies = 4;

/** A company of the sample, with identifiers that the sample does not have: made up, under `.example`. */
function withIdentifiers(facts: Facts, code: string, draws: Draws): Facts {
  const country = facts.country ?? 'US';
  return {
    ...facts,
    taxIds: [`${country}${draws.pattern('#########')}`],
    leis: draws.chance(0.3) ? [draws.pattern('999900@@####@@######')] : [],
    domains: [`${code.toLowerCase()}.example`],
  };
}

/** Another company of the same name, in another town of the same country or elsewhere, as there are many. */
function namesake(facts: Facts, draws: Draws): Facts {
  const at = draws.pick(['Lyon', 'Graz', 'Leeds', 'Bari', 'Bilbao', 'Malmö']);
  return withIdentifiers(
    {
      name: facts.name,
      country: draws.chance(0.5) ? facts.country : draws.pick(['FR', 'AT', 'GB', 'IT', 'ES', 'SE']),
      addresses: [{ street: `Market ${draws.between(1, 99)}`, city: at, postalCode: draws.pattern('#####') }],
      phones: [draws.pattern('+4# ### #######')],
    },
    `other-${draws.pattern('####')}`,
    draws,
  );
}

/** A record of a company of the sample, as ERP and CRM together have it. */
async function northwind(seed: number): Promise<readonly Labelled[]> {
  const records = recordsOf(await readNorthwind());
  return records.flatMap(({ account, partner, country }, i): Labelled[] => {
    const seat = partner.body.to_BillToAddress;
    const facts = withIdentifiers(
      {
        name: account.body.Name,
        country,
        addresses: [
          { street: seat?.StreetName, postalCode: seat?.PostalCode, city: seat?.CityName, country },
        ],
        phones: account.body.Phone === null ? [] : [account.body.Phone],
      },
      account.body.AccountNumber ?? String(i),
      drawsOf(seed, kinds.facts, i),
    );
    const half = (i % 2) as 0 | 1;
    const company = `northwind ${i}`;
    const again = Array.from({ length: northwindCopies }, (_, copy) => ({
      ...{ company, half },
      ...enteredAgain(facts, drawsOf(seed, kinds.again, i * northwindCopies + copy)),
    }));
    const other = namesake(facts, drawsOf(seed, kinds.namesake, i));
    return [
      { company, half, facts, damaged: [] },
      { company: `${company} namesake`, half, facts: other, damaged: [] },
      ...again,
    ];
  });
}

/** A synthetic customer's facts, as `npm run seed` would tell them to the register. */
export function syntheticFacts(seed: number, index: number): Facts {
  const { name, country, register, lei, domain, phone, places } = customerAt(seed, index);
  return {
    ...{ name, country: country.code, taxIds: [register.taxId], leis: lei === null ? [] : [lei] },
    ...{ domains: [domain], phones: [phone] },
    addresses: places.map(({ lines, postalCode, city }) => ({
      ...{ street: lines.join(' '), postalCode, city, country: country.code },
    })),
  };
}

/** Synthetic companies, groups and all; every second one was entered again. */
function synthetic(seed: number, companies: number): readonly Labelled[] {
  return Array.from({ length: companies }, (_, i): Labelled[] => {
    const facts = syntheticFacts(seed, i);
    // Members of a group, which follow each other, are all in one half.
    const half = (Math.floor(i / 8) % 2) as 0 | 1;
    const company = `synthetic ${i}`;
    const original = { company, half, facts, damaged: [] };
    if (i % 2 === 1) return [original];
    return [original, { company, half, ...enteredAgain(facts, drawsOf(seed, kinds.again, 100_000 + i)) }];
  }).flat();
}

/** The labelled set of a seed: always the same. */
export async function labelledSet(seed: number, companies: number): Promise<readonly Labelled[]> {
  return [...(await northwind(seed)), ...synthetic(seed, companies)];
}
