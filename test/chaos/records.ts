import { seedKey, type Entry } from './history.ts';

/** The systems, in the order in which a new customer comes into them. */
export const systems = ['CRM', 'ERP', 'BILLING'] as const;
export type System = (typeof systems)[number];

/** An account in the CRM that is there before the run, and whose it is. */
export interface Account {
  readonly customer: string;
  readonly key: string;
}

/** A record of a new customer, from its beginning to its end. */
export interface Kept {
  readonly system: System;
  readonly entity: string;
  readonly key: string;
  /** Whose it is, as the record itself said when it was made; null where it named nobody. */
  readonly customer: string | null;
  /** Whether it was there before the run. */
  readonly seeded: boolean;
  /** Places in the history; the end of one that is there is infinitely far. */
  readonly born: number;
  readonly gone: number;
  /** As it was made, and as it is. */
  readonly first: Entry['body'];
  readonly body: Entry['body'];
}

type Bodies = Readonly<Record<string, unknown>>;

/** How each system calls its records, and names the graph's customer in one. */
const kinds: Readonly<
  Record<string, { readonly system: System; readonly customer: (body: Bodies) => unknown }>
> = {
  crm_account: { system: 'CRM', customer: (body) => body.Customer_Id__c },
  erp_business_partner: { system: 'ERP', customer: (body) => body.YY1_CustomerId },
  billing_customer: { system: 'BILLING', customer: ({ metadata }) => (metadata as Bodies | null)?.customer },
};

/** Whether the record of an entry was there before the run; null for an entry that made none. */
export function madeIn({ kind, wire_key: wireKey }: Entry): 'SEED' | 'RUN' | null {
  if (kind !== 'CREATE') return null;
  return wireKey?.startsWith(seedKey) === true ? 'SEED' : 'RUN';
}

/** What is told of records that were made in the run, and of accounts that are to be onboarded. Pure. */
export function entriesOf(history: readonly Entry[], accounts: readonly Account[]): readonly Entry[] {
  const theirs = new Set(accounts.map(({ key }) => nameOf('crm_account', key)));
  for (const entry of history) if (madeIn(entry) === 'RUN') theirs.add(nameOf(entry.entity, entry.key));
  return history.filter(({ entity, key }) => theirs.has(nameOf(entity, key)));
}

/** The records that entries tell of. Pure. */
export function recordsOf(entries: readonly Entry[], accounts: readonly Account[]): readonly Kept[] {
  const holders = new Map(accounts.map(({ key, customer }) => [key, customer]));
  return [...Map.groupBy(entries, ({ entity, key }) => nameOf(entity, key)).values()].flatMap((of) => {
    const [made, last] = [of[0], of.at(-1)];
    const kind = kinds[made?.entity ?? ''];
    if (!made || !last || !kind) return [];
    const seeded = madeIn(made) === 'SEED';
    const named = seeded ? holders.get(made.key) : kind.customer(made.body);
    const end = of.find(isEnd);
    return [
      {
        ...{ system: kind.system, entity: made.entity, key: made.key, seeded },
        customer: typeof named === 'string' ? named : null,
        born: Number(made.seq),
        gone: end ? Number(end.seq) : Infinity,
        ...{ first: made.body, body: last.body },
      },
    ];
  });
}

export function isLiving({ gone }: Kept): boolean {
  return gone === Infinity;
}

/** What is deleted is gone, and what is blocked and archived where nothing is deleted. */
function isEnd({ kind, body }: Entry): boolean {
  return kind === 'DELETE' || (body.BusinessPartnerIsBlocked === true && body.IsMarkedForArchiving === true);
}

function nameOf(entity: string, key: string): string {
  return `${entity} ${key}`;
}
