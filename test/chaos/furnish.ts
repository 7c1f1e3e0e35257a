import type { Enrolment } from '../../identity/index.ts';
import { createHttp } from '../../runtime/http.ts';
import { billing } from '../../subgraphs/billing/index.ts';
import { crm } from '../../subgraphs/crm/index.ts';
import { erp } from '../../subgraphs/erp/index.ts';
import { httpWire } from '../../subgraphs/http-wire.ts';
import type { FaultOrder } from '../../subgraphs/sandbox/faults.ts';
import { keysOf } from '../../subgraphs/seed/synthetic/keys.ts';
import { seedKey } from './history.ts';
import type { Account } from './records.ts';

/** Who is there before the run. */
export interface Furnished {
  /** Whom the register is told of. */
  readonly enrolments: readonly Enrolment[];
  /** Customers that all three owners know. */
  readonly customers: readonly string[];
  /** Customers of whom sales has made an account, and nothing else. */
  readonly accounts: readonly Account[];
}

/** Makes so many customers that all three owners know, and so many that only the CRM does. */
export async function furnish(
  owners: string,
  seed: number,
  count: number,
  prospects: number,
): Promise<Furnished> {
  const http = createHttp();
  const wire = (name: string) => httpWire(name, `${owners}/${name}`, http.send);
  const connectors = {
    crm: crm.connect(wire('crm')),
    erp: erp.connect(wire('erp')),
    billing: billing.connect(wire('billing')),
  };
  const call = { correlationId: 'chaos-furnish', signal: new AbortController().signal };
  const enrolments: Enrolment[] = [];
  for (let i = 0; i < count; i++) {
    const name = `Customer ${i}`;
    const options = { wireKey: `${seedKey}-${i}` };
    const account = await connectors.crm.create({ Name: name, AccountNumber: `A${i}` }, options, call);
    const partner = { OrganizationBPName1: name, ExternalReference: account.key };
    const payer = { name, currency: 'eur', metadata: { account: account.key } };
    enrolments.push({
      id: keysOf(seed, i).id,
      records: [
        { system: 'CRM', key: account.key },
        { system: 'ERP', key: (await connectors.erp.create(partner, options, call)).key },
        { system: 'BILLING', key: (await connectors.billing.create(payer, options, call)).key },
      ],
      facts: { name },
    });
  }
  const customers = enrolments.flatMap(({ id }) => id ?? []);
  const accounts: Account[] = [];
  for (let i = 0; i < prospects; i++) {
    const { id } = keysOf(seed, count + i);
    const made = { Name: `Prospect ${i}`, AccountNumber: `P${i}` };
    const { key } = await connectors.crm.create(made, { wireKey: `${seedKey}-prospect-${i}` }, call);
    accounts.push({ customer: id, key });
    enrolments.push({ id, records: [{ system: 'CRM', key }], facts: {} });
  }
  await http.close();
  return { enrolments, customers, accounts };
}

/** How each owner takes a change, and after that how it takes a new record, and takes one away. */
const writingMethods = {
  crm: ['PATCH', 'POST', 'DELETE'],
  erp: ['PATCH', 'POST'],
  billing: ['POST', 'DELETE'],
} as const;

/** Milliseconds after which an effect is late at most. */
export const lateBy = 400;

/**
 * What the owners do to whoever calls them, while the run lasts. One that forgets what it was sent before would make two of
 * what comes late, whatever anybody does: there nothing does, and more answers are lost.
 */
export function faultsOf(name: keyof typeof writingMethods, keyless: boolean): readonly FaultOrder[] {
  const methods = writingMethods[name];
  const forgets = keyless && name === 'billing';
  const ofEach = (fault: FaultOrder) => methods.map((method): FaultOrder => ({ ...fault, method }));
  return [
    { kind: 'latency', rate: 0.3, delay: 15 },
    { kind: 'throttle', rate: 0.01, retryAfter: 1 },
    { kind: 'unavailable', rate: 0.03, retryAfter: 1 },
    ...ofEach({ kind: 'lostAnswer', rate: forgets ? 0.3 : 0.1 }),
    ...(forgets ? [] : ofEach({ kind: 'lateEffect', rate: 0.04, delay: lateBy })),
    { kind: 'staleVersion', rate: 0.02, method: methods[0] },
  ];
}

/** Replaces the faults of one owner. */
export async function setFaults(owners: string, name: string, faults: readonly FaultOrder[]): Promise<void> {
  const response = await fetch(`${owners}/${name}/sandbox/faults`, {
    method: 'PUT',
    body: JSON.stringify(faults),
  });
  if (!response.ok) throw new Error(await response.text());
}
