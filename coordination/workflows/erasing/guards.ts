import type { Identity } from '../../../identity/index.ts';
import type { Db } from '../../../runtime/db/index.ts';
import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { Participant, ParticipantCall } from '../../participant.ts';
import { hold, standingAt } from '../../barrier.ts';
import type { Refusal } from '../../refusal.ts';
import { nothingIsOwed } from '../../status/transitions.ts';
import type { Values } from '../../write.ts';
import type { Workflow } from '../workflow.ts';

export interface GuardOptions {
  readonly db: Db;
  readonly identity: Pick<Identity, 'crosswalk'>;
  readonly participants: ReadonlyMap<SystemName, Participant>;
}

/** What is to be erased; `id` of the workflow, null before there is one. */
export type Subject = Pick<Workflow, 'entity' | 'entityId'> & { readonly id: string | null };

/** What was found, or which system could not be asked. */
export type Looked =
  | {
      /** Everything that stands against it. */
      readonly refusals: readonly Refusal[];
      /** The name as the CRM has it; null where it has none. */
      readonly name: string | null;
    }
  | Later;

/** Who cannot be asked now: a system, or the queues of the customer, which are not empty yet. */
interface Later {
  readonly later: SystemName;
  readonly code: string;
}

/** Customers that nobody does business with, or has done yet. */
const erasable: ReadonlySet<unknown> = new Set(['CLOSED', 'PROSPECT', null]);

/**
 * Looks whether anything stands against erasing a customer: its status, what it owes, and what is under way for it. A
 * workflow holds the customer from then on: nothing new is written to it, and what was asked for before comes to its end
 * first.
 */
export function guardIn({ db, identity, participants }: GuardOptions) {
  async function valuesIn(
    system: SystemName,
    evidence: readonly string[],
    { entity, entityId }: Subject,
    call: ParticipantCall,
  ): Promise<Values | Later> {
    const asked = { entity, entityId, kind: 'OWNER', changes: {}, validate: false, evidence } as const;
    const examined = await participants.get(system)?.examine(asked, call);
    if (!examined || examined.unreachable)
      return { later: system, code: examined?.unreachable?.code ?? 'SYSTEM_UNAVAILABLE' };
    return examined.found?.values ?? {};
  }

  /** What is under way for a customer; held by a workflow, what of it is left. */
  async function standing({ id, entityId }: Subject, holding: boolean) {
    const family = await identity.crosswalk.familyOf(entityId);
    if (holding && id !== null) return hold(db, family, id);
    const { busy, asked } = await standingAt(db, family);
    return { busy: busy === id ? null : busy, asked, left: 0 };
  }

  return async (subject: Subject, holding: boolean, call: ParticipantCall): Promise<Looked> => {
    const { busy, asked, left } = await standing(subject, holding);
    const underWay = [
      ...(busy === null ? [] : [workflowOpen(busy)]),
      ...(asked.length === 0 ? [] : [writesAsked(asked)]),
    ];
    if (underWay.length === 0 && left > 0) return draining;
    const [crm, billing] = await Promise.all([
      valuesIn('CRM', ['name', 'lifecycleStatus'], subject, call),
      valuesIn('BILLING', ['balance'], subject, call),
    ]);
    if (isLater(crm)) return crm;
    if (isLater(billing)) return billing;
    return {
      name: typeof crm.name === 'string' ? crm.name : null,
      refusals: [
        ...(erasable.has(crm.lifecycleStatus ?? null) ? [] : [inBusiness]),
        ...(nothingIsOwed.holds(billing.balance ?? null) ? [] : [owing]),
        ...underWay,
      ],
    };
  };
}

function isLater(found: Values | Later): found is Later {
  return 'later' in found;
}

const inBusiness: Refusal = {
  code: 'GUARD_FAILED',
  attribute: 'lifecycleStatus',
  owner: 'CRM',
  message: 'Only a customer that is CLOSED or a PROSPECT is erased: close it first.',
};
const owing: Refusal = {
  code: 'GUARD_FAILED',
  attribute: 'balance',
  owner: 'BILLING',
  message: nothingIsOwed.message,
};
const writesAsked = (ids: readonly string[]): Refusal => ({
  code: 'GUARD_FAILED',
  message: `Writes of the customer wait for a person: have them decided on first. They are ${ids.join(', ')}.`,
});
const workflowOpen = (id: string): Refusal => ({
  code: 'GUARD_FAILED',
  message: `Another workflow of the customer is open: have it end first. It is ${id}.`,
});
const draining: Later = { later: 'COORDINATION', code: 'WRITES_OPEN' };
