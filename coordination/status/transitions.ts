import type { LifecycleStatus } from '../../schema/generated/coordination.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import type { Values } from '../write.ts';

/** Something that stands against a status, by the value of an attribute as its owner has it. */
export interface Guard {
  readonly system: SystemName;
  readonly attribute: string;
  readonly holds: (value: unknown) => boolean;
  readonly message: string;
}

/** What a status is reached from, what stands against it, and what it brings about in the systems. */
interface Rule {
  readonly from: readonly LifecycleStatus[];
  readonly guards: readonly Guard[];
  readonly effects: Readonly<Partial<Record<SystemName, Values>>>;
  /** Whether a system that has no record of the customer stands against it; otherwise there is nothing to do there. */
  readonly everywhere: boolean;
}

const creditIsOpen: Guard = {
  system: 'ERP',
  attribute: 'creditStatus',
  holds: (status) => status !== 'BLOCKED',
  message: 'The customer’s credit is blocked; have finance decide on it first.',
};
export const nothingIsOwed: Guard = {
  system: 'BILLING',
  attribute: 'balance',
  holds: (balance) => balance === null || Number((balance as { amount: string }).amount) === 0,
  message: 'The customer has invoices that are not settled; settle them first.',
};

const charged = { ERP: { orderBlock: 'NONE' }, BILLING: { collection: 'ACTIVE' } } as const;
const none = { guards: [], effects: {}, everywhere: false } as const;

/**
 * Every status, and how it is reached. To stay where it is is allowed everywhere: it puts the systems right. That no
 * customer below is left behind is the CRM's own rule.
 */
export const statuses: Readonly<Record<LifecycleStatus, Rule>> = {
  PROSPECT: { ...none, from: ['ONBOARDING'] },
  ONBOARDING: { ...none, from: ['PROSPECT', 'CLOSED'] },
  ACTIVE: {
    from: ['ONBOARDING', 'ON_HOLD', 'SUSPENDED'],
    guards: [creditIsOpen],
    effects: charged,
    everywhere: true,
  },
  ON_HOLD: {
    ...none,
    from: ['ACTIVE', 'SUSPENDED'],
    effects: { ERP: { orderBlock: 'ORDERS' }, BILLING: { collection: 'ACTIVE' } },
  },
  SUSPENDED: {
    ...none,
    from: ['ACTIVE', 'ON_HOLD'],
    effects: { ERP: { orderBlock: 'ORDERS_AND_DELIVERIES' }, BILLING: { collection: 'PAUSED' } },
  },
  CLOSED: {
    from: ['PROSPECT', 'ONBOARDING', 'ACTIVE', 'ON_HOLD', 'SUSPENDED'],
    guards: [nothingIsOwed],
    effects: { ERP: { orderBlock: 'ORDERS_AND_DELIVERIES' }, BILLING: { collection: 'CLOSED' } },
    everywhere: false,
  },
};
