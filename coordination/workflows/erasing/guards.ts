import type { Identity } from '../../../identity/index.ts';
import type { Db } from '../../../runtime/db/index.ts';
import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { Participant, ParticipantCall } from '../../participant.ts';
import type { Refusal } from '../../refusal.ts';
import { nothingIsOwed } from '../../status/transitions.ts';
import type { Values } from '../../write.ts';
import type { Workflow } from '../workflow.ts';
import { openIn } from './open.ts';

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
  | { readonly later: SystemName; readonly code: string };

/** Customers that nobody does business with, or has done yet. */
const erasable: ReadonlySet<unknown> = new Set(['CLOSED', 'PROSPECT', null]);

/** Looks whether anything stands against erasing a customer: its status, what it owes, and what is under way for it. */
export function guardIn({ db, identity, participants }: GuardOptions) {
  async function valuesIn(
    system: SystemName,
    evidence: readonly string[],
    { entity, entityId }: Subject,
    call: ParticipantCall,
  ): Promise<Values | { readonly later: SystemName; readonly code: string }> {
    const asked = { entity, entityId, kind: 'OWNER', changes: {}, validate: false, evidence } as const;
    const examined = await participants.get(system)?.examine(asked, call);
    if (!examined || examined.unreachable)
      return { later: system, code: examined?.unreachable?.code ?? 'SYSTEM_UNAVAILABLE' };
    return examined.found?.values ?? {};
  }

  return async (subject: Subject, call: ParticipantCall): Promise<Looked> => {
    const [crm, billing] = await Promise.all([
      valuesIn('CRM', ['name', 'lifecycleStatus'], subject, call),
      valuesIn('BILLING', ['balance'], subject, call),
    ]);
    if (isLater(crm)) return crm;
    if (isLater(billing)) return billing;
    const open = await openIn(db, await identity.crosswalk.familyOf(subject.entityId), subject.id);
    return {
      name: typeof crm.name === 'string' ? crm.name : null,
      refusals: [
        ...(erasable.has(crm.lifecycleStatus ?? null) ? [] : [inBusiness]),
        ...(nothingIsOwed.holds(billing.balance ?? null) ? [] : [owing]),
        ...(open.writes > 0 ? [writesOpen(open.writes)] : []),
        ...open.workflows.map(workflowOpen),
      ],
    };
  };
}

function isLater(
  found: Values | { readonly later: SystemName; readonly code: string },
): found is { readonly later: SystemName; readonly code: string } {
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
const writesOpen = (count: number): Refusal => ({
  code: 'GUARD_FAILED',
  message: `Writes of the customer are open (${count}): have them end first, see its pendingWrites and the steward's queue.`,
});
const workflowOpen = (kind: string): Refusal => ({
  code: 'GUARD_FAILED',
  message: `A workflow of the customer is open (${kind}): have it end first.`,
});
