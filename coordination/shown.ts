import type * as contract from '../schema/generated/coordination.ts';
import type { RecordedWrite, WriteView } from './coordination.ts';
import type { Refusal } from './refusal.ts';
import { receipts, type Receipt } from './receipt.ts';
import type { Sight } from './sight.ts';
import type { Cause, Step } from './write.ts';

/** A write in the contract's form; its customer is named by its key. */
export interface ShownWrite extends Omit<contract.CustomerWrite, 'customer' | '__typename'> {
  readonly customer: { readonly id: string };
}

/** A write as the contract tells it. Pure. */
export function shownWrite(view: WriteView, sight: Sight): ShownWrite {
  const { id, state, mode, lane, requestedBy, reason, correlationId, planHash, policy } = view;
  return {
    ...{ id, state, mode, lane, requestedBy, reason, correlationId, planHash, policy },
    customer: { id: view.entityId },
    acceptedAt: instant(view.acceptedAt),
    settledAt: view.settledAt && instant(view.settledAt),
    approval: shownApproval(view),
    review: view.review ? { ...view.review, at: instant(view.review.at) } : null,
    receipts: receipts(view, view.copies).map(({ acceptedAt, settledAt, cause, ...receipt }, _, all) => ({
      ...receipt,
      acceptedAt: instant(acceptedAt),
      settledAt: settledAt && instant(settledAt),
      cause: shownCause(cause, sight, receipt.attribute, attributesWith(receipt, all)),
    })),
    steps: [view, ...view.copies].flatMap(({ steps }: RecordedWrite) =>
      steps.map((step) => shownStep(step, sight)),
    ),
  };
}

/** A refusal as the contract tells it. Pure. */
export function shownRefusal({ code, message, ...rest }: Refusal, sight: Sight): contract.WriteRefusal {
  const { attribute = null, owner = null, current = null, expected = null } = rest;
  return {
    ...{ code, message, attribute, owner, expected },
    current: attribute === null ? current : sight(attribute, current),
  };
}

function shownApproval({ approve, approval }: WriteView): contract.WriteApproval | null {
  if (approve.length === 0) return null;
  return {
    scopes: approve,
    granted: approval?.granted ?? null,
    decidedBy: approval?.by ?? null,
    decidedAt: approval && instant(approval.at),
    reason: approval?.reason ?? null,
  };
}

function shownStep(step: Step, sight: Sight): contract.WriteStep {
  const { system, kind, state, attempts, guarantee, undoable, cause } = step;
  const attributes = Object.keys(step.changes);
  return {
    ...{ system, kind, state, attempts, guarantee, undoable },
    attributes,
    cause: shownCause(cause, sight, cause?.attribute, attributes),
  };
}

/** The attributes that were written together with one, and so have their cause in common. */
function attributesWith(
  { owner, copyTo }: Pick<Receipt, 'owner' | 'copyTo'>,
  all: readonly Receipt[],
): readonly string[] {
  return all.filter((one) => one.owner === owner && one.copyTo === copyTo).map((one) => one.attribute);
}

/**
 * A cause, with the present value of an attribute, of what happened to several; to who may not see what it speaks of,
 * without the words of an owner.
 */
function shownCause(
  cause: Cause | null,
  sight: Sight,
  attribute: string | undefined,
  attributes: readonly string[],
): contract.WriteCause | null {
  if (cause === null) return null;
  const { code, message, current } = cause;
  const about = cause.attribute === undefined ? attributes : [cause.attribute];
  return {
    code,
    message: ours.has(code) || about.every((name) => sight(name, true) === true) ? message : withheld,
    attribute: cause.attribute ?? null,
    current: attribute === undefined ? null : sight(attribute, current?.[attribute]),
  };
}

/** Codes under which we ourselves say what happened, and no value. */
const ours: ReadonlySet<string> = new Set([
  'NOT_TRIED',
  'CANCELLED',
  'VERSION_CONFLICT',
  'PLAN_CHANGED',
  'UNKNOWN_OUTCOME',
  'UNKNOWN_TO_OWNER',
  'CHANGED_SINCE',
  'RECORD_GONE',
  'SYSTEM_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RATE_LIMITED',
]);
const withheld = 'The owner said why, in words for those who may read what was to be changed.';

/** Stores differ in how they write UTC. */
export function instant(text: string): string {
  return new Date(text).toISOString();
}
