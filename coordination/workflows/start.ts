import { v7 as uuid } from 'uuid';
import { record } from '../../audit/index.ts';
import type { Identity } from '../../identity/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import type { RequestContext } from '../../runtime/context.ts';
import { holds } from '../../runtime/principal.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import { digest } from '../../runtime/canonical.ts';
import { governed } from '../plan.ts';
import type { Refusal } from '../refusal.ts';
import { checkValues } from '../rules/index.ts';
import type { Values } from '../write.ts';
import { decisionOn } from './audited.ts';
import { begunWith, onboarding } from './onboarding/index.ts';
import type { Reads } from './reads.ts';
import type { Draft, Store } from './store.ts';
import type { Entry, Workflow } from './workflow.ts';
import type { Onboard, Started } from './workflows.ts';

export interface StartOptions {
  readonly db: Db;
  readonly identity: Pick<Identity, 'loadersOf'>;
  readonly store: Pick<Store, 'start'>;
  readonly reads: Pick<Reads, 'view'>;
  /** Begins with what is due at once. */
  readonly look: () => void;
}

/** Values that an onboarding takes although nobody may change them later through the graph. */
const ofNew: ReadonlySet<string> = new Set(['country', 'billingCurrency']);

/** From a request to a workflow that is durably started, or to all of its refusals at once. */
export function startIn({ db, identity, store, reads, look }: StartOptions) {
  return async (asked: Onboard, context: RequestContext): Promise<Started> => {
    const { values, refusals } = checkedFor(asked.entity, asked.values, context);
    const given = asked.entityId;
    const entityId =
      given === null ? uuid() : ((await identity.loadersOf(context).registration(given))?.id ?? null);
    const all = [
      ...(asked.key === null ? [keyRequired] : []),
      ...(entityId === null ? [unknown(given ?? '')] : []),
      ...(given === null && typeof asked.values.name !== 'string' ? [nameRequired] : []),
      ...refusals,
    ];
    if (all.length > 0 || entityId === null || asked.key === null) return refused(...all);
    const { subject } = context.principal;
    const { key, reason, entity } = asked;
    const { correlationId, traceparent } = context;
    const draft = draftOf({
      ...{ entity, entityId, reason, correlationId, traceparent, subject, key, values },
      requestedBy: subject,
      hash: digest({ given, values, reason }),
    });
    const told = { operation: 'onboardCustomer', outcome: 'START', reason, attributes: Object.keys(values) };
    const { id, outcome } = await db.transaction(async (tx) => {
      const started = await store.start(draft, [begun(draft)], tx);
      if (started.outcome === 'STARTED') await record(tx, [decisionOn(draft, told, context)]);
      return started;
    });
    if (outcome === 'REUSED') return refused(keyReused);
    if (outcome === 'OPEN') return refused(alreadyOpen(id));
    look();
    return { workflow: await reads.view(id), refusals: [], replayed: outcome === 'REPLAYED' };
  };
}

/** What is known of an onboarding before it begins. */
export interface Beginning extends Pick<
  Workflow,
  'entityId' | 'requestedBy' | 'reason' | 'correlationId' | 'traceparent'
> {
  readonly entity: EntityName;
  readonly values: Values;
  readonly subject: string;
  readonly key: string;
  readonly hash: string;
}

/** An onboarding, as it is stored first. Pure, but for its id. */
export function draftOf({ values, ...beginning }: Beginning): Draft {
  return {
    ...beginning,
    id: uuid(),
    kind: onboarding.kind,
    stage: 'READING',
    memory: begunWith(values),
  };
}

export function begun({ requestedBy }: Pick<Draft, 'requestedBy'>): Entry {
  return { event: 'STARTED', stage: 'READING', by: requestedBy, message: `Asked for by ${requestedBy}.` };
}

/** Values in the form in which they are written, and everything that speaks against them. */
export function checkedFor(
  entity: EntityName,
  given: Values,
  { principal }: Pick<RequestContext, 'principal'>,
): { readonly values: Values; readonly refusals: readonly Refusal[] } {
  const [plain, written] = partition(given);
  const checked = checkValues(entity, written);
  const wrong = checked.refusals.map(({ attribute, path, code, message }): Refusal => {
    const place = path.length > 0 ? `${path.join('.')}: ` : '';
    return { code, attribute, message: place + message };
  });
  const denied = Object.keys(written).flatMap((attribute): readonly Refusal[] => {
    const known = governed(entity, attribute);
    if (known && holds(principal, known.write.scopes)) return [];
    const message = known
      ? `To give ${attribute} takes the scopes ${known.write.scopes.join(' and ')}.`
      : `${entity} has no attribute ${attribute} that can be written.`;
    return [{ code: known ? 'NOT_PERMITTED' : 'INVALID_VALUE', attribute, message }];
  });
  return { values: { ...checked.values, ...plain }, refusals: [...denied, ...wrong] };
}

function partition(values: Values): readonly [plain: Values, written: Values] {
  const given = Object.entries(values).filter(([, value]) => value != null);
  const isPlain = ([name]: readonly [string, unknown]): boolean => ofNew.has(name);
  return [
    Object.fromEntries(given.filter(isPlain)),
    Object.fromEntries(given.filter((one) => !isPlain(one))),
  ];
}

function refused(...refusals: readonly Refusal[]): Started {
  return { workflow: null, refusals, replayed: false };
}

const unknown = (id: string): Refusal => ({
  code: 'UNKNOWN_CUSTOMER',
  message: `There is no customer with the id "${id.slice(0, 100)}".`,
});
const alreadyOpen = (id: string): Refusal => ({
  code: 'ALREADY_ONBOARDING',
  message: `The customer is being onboarded already, by the workflow ${id}.`,
});
const nameRequired: Refusal = {
  code: 'INVALID_VALUE',
  attribute: 'name',
  message: 'Give the id of a customer, or at least the name of a new one.',
};
export const keyRequired: Refusal = {
  code: 'IDEMPOTENCY_KEY_REQUIRED',
  message:
    'Give an idempotency key, in the input or as the header Idempotency-Key: a new one for each request, the same when it is sent again.',
};
export const keyReused: Refusal = {
  code: 'IDEMPOTENCY_KEY_REUSED',
  message: 'The idempotency key was used for something else; give a new one.',
};
