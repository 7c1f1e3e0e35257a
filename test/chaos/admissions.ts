import type { Entry } from './history.ts';
import type { Newcomer } from './newcomers.ts';
import { checkAdmissions, type Admissions, type Admitted } from './onboarded.ts';
import type { Onboarding } from './said.ts';
import type { Violation } from './verdict.ts';

/** What is found where the lines of the history happened in their order. */
export function foundIn({ history, ...of }: Admissions): readonly Violation[] {
  return checkAdmissions({ ...of, history: history.map((entry, i) => ({ ...entry, seq: String(i + 1) })) });
}

/** A line of the owners' log; its place is that in the history that it is put into. */
function line(entity: string, key: string, kind: string, wireKey: string, body: Entry['body']): Entry {
  return { seq: '', entity, key, kind, version: '1', wire_key: wireKey, body };
}

/** An account in the CRM: made where it is said to be a prospect's. */
export function account(wireKey: string, customer: string | null, type = 'Prospect', how?: string): Entry {
  const kind = how ?? (type === 'Prospect' ? 'CREATE' : 'UPDATE');
  return line('crm_account', 'a', kind, wireKey, { Customer_Id__c: customer, Type: type });
}

export function partner(wireKey: string, body: object, kind = 'UPDATE', key = 'p'): Entry {
  return line('erp_business_partner', key, kind, wireKey, { YY1_CustomerId: 'c', ...body });
}

/** What the ERP makes of a partner that was withdrawn. */
export const erased = {
  ...{ BusinessPartnerIsBlocked: true, IsMarkedForArchiving: true, YY1_CustomerId: null },
};

export function payer(wireKey: string, key = 'm'): Entry {
  return line('billing_customer', key, 'CREATE', wireKey, { metadata: { account: null, customer: 'c' } });
}

/** A new customer, through all systems. */
export const history = [
  account('W1.0.0', 'c'),
  partner('W2.0.0', {}, 'CREATE'),
  payer('W3.0.0'),
  account('W4.0.0', 'c', 'Customer'),
] as const;

export function admittedAs(
  course: Newcomer['course'],
  more: Partial<Newcomer> = {},
  ids: readonly string[] = ['F'],
  refusals: readonly string[] = [],
): Admitted {
  return { newcomer: { index: 0, key: 'k', account: null, values: {}, course, ...more }, ids, refusals };
}

export function onboarding(more: Partial<Onboarding> = {}): Onboarding {
  return {
    ...{ id: 'F', customer: 'c', state: 'SUCCEEDED', stage: 'ENDED', question: null },
    keys: { CRM: 'a', ERP: 'p', BILLING: 'm' },
    writes: ['W1', 'W2', 'W3', 'W4', 'W5', 'W6'],
    ...more,
  };
}

/** One that went as it should. */
export const good: Admissions = { history, admitted: [admittedAs('PLAIN')], onboardings: [onboarding()] };
