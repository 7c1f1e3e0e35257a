import { Failure } from '../runtime/failure.ts';
import { holds, type Principal } from '../runtime/principal.ts';
import { permits } from '../schema/access.ts';
import { attributes } from '../schema/generated/contracts.ts';
import type { CustomerFilter, MatchInput, QueryCustomersArgs } from '../schema/generated/identity.ts';
import type { Attribute } from '../schema/governance.ts';

/** What a condition looks at: by it, whoever may not read that could find it out. */
interface LooksAt {
  readonly attributes: readonly (keyof typeof attributes.Customer)[];
  /** Whether it compares more than a mask shows. */
  readonly whole: boolean;
}

/** A record over the conditions, so that none is forgotten. */
const conditions: Readonly<Record<keyof CustomerFilter, LooksAt>> = {
  name: { attributes: ['name'], whole: true },
  country: { attributes: ['legalEntity', 'billingAddress'], whole: true },
  taxId: { attributes: ['taxRegistrations'], whole: true },
  emailDomain: { attributes: ['contacts', 'website'], whole: false },
  knownTo: { attributes: ['records'], whole: true },
};

/** What a description that is matched looks at, likewise. */
const descriptions: Readonly<Record<keyof MatchInput, LooksAt>> = {
  name: conditions.name,
  country: conditions.country,
  taxIds: conditions.taxId,
  leis: { attributes: ['legalEntity'], whole: true },
  domains: conditions.emailDomain,
  phones: { attributes: ['contacts'], whole: true },
  ibans: { attributes: ['bankAccount'], whole: true },
  addresses: { attributes: ['billingAddress', 'shippingAddresses'], whole: true },
};

/**
 * Lets pass a description by which its caller cannot find out what it may not read.
 * @throws Failure FORBIDDEN
 */
export function allowMatch(input: MatchInput, principal: Principal): void {
  allow('input', input, descriptions, principal);
}

/**
 * Lets pass a search that looks at nothing which its caller may not read, neither by a condition nor by its order.
 * @throws Failure FORBIDDEN
 */
export function allowSearch({ filter, orderBy }: QueryCustomersArgs, principal: Principal): void {
  allow('filter', filter ?? {}, conditions, principal);
  if ((orderBy ?? 'NAME_ASC').startsWith('NAME') && hiddenFrom(principal, conditions.name))
    throw new Failure(
      'FORBIDDEN',
      'Customers come in the order of their names, which you may not read; give "orderBy: REGISTERED_ASC".',
    );
}

function allow(
  argument: string,
  given: object,
  table: Readonly<Record<string, LooksAt>>,
  principal: Principal,
): void {
  for (const [field, value] of Object.entries(given)) {
    const looksAt = table[field];
    if (value == null || !looksAt) continue;
    const hidden = hiddenFrom(principal, looksAt);
    if (hidden)
      throw new Failure('FORBIDDEN', `"${argument}.${field}" looks at ${hidden}, which you may not read.`);
  }
}

function hiddenFrom(principal: Principal, looksAt: LooksAt): string | undefined {
  const known: Readonly<Record<string, Attribute>> = attributes.Customer;
  return looksAt.attributes.find((name) => {
    const attribute = known[name];
    if (!attribute || !permits(attribute.read, principal)) return true;
    return looksAt.whole && !holds(principal, attribute.personal ?? []);
  });
}
