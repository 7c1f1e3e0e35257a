import { validate as isUuid, v7 as uuid } from 'uuid';
import type { Identity } from '../identity/index.ts';
import type { RequestContext } from '../runtime/context.ts';
import { holds, type Principal } from '../runtime/principal.ts';
import type { SystemName } from '../schema/generated/contracts.ts';
import type { Change, Planned, Update, Updated, WriteView } from './coordination.ts';
import type { DriveOptions, Left } from './drive.ts';
import type { Accepted, Draft, Held, Journal, Stored } from './journal.ts';
import type { Examined, Participant } from './participant.ts';
import { byOwner, digest, governed, planOf, policy, type Examinations, type Plan } from './plan.ts';
import type { Records } from './records.ts';
import type { Refusal } from './refusal.ts';
import { checkValues } from './rules/index.ts';
import type { Worker } from './worker.ts';
import { isOver, type Values } from './write.ts';

export interface AcceptOptions {
  readonly identity: Identity;
  readonly participants: ReadonlyMap<SystemName, Participant>;
  readonly journal: Journal;
  readonly records: Records;
  readonly worker: Worker;
  /** Milliseconds for one call to an owner. */
  readonly callTimeout: number;
  /** As for the drive: called when a write is stored and nothing has begun yet. */
  readonly at: DriveOptions['at'];
}

/** Milliseconds before a request's deadline at which its answer must be on its way. */
const MARGIN = 200;

/** A change for an entity that exists, with what its owners say of it. */
interface Considered {
  readonly entityId: string;
  readonly plan: Plan;
  readonly refusals: readonly Refusal[];
}

/** From a request to a write that is durably accepted, or to all of its refusals at once. */
export function acceptIn(options: AcceptOptions) {
  const { identity, participants, journal, records, worker, at } = options;
  /** What participants have said that their systems can do, for when they cannot be asked. */
  const abilities = new Map<SystemName, Examined>();

  async function survivor(asked: Change, context: RequestContext): Promise<string | null> {
    const registration = await identity.loadersOf(context).registration(asked.entityId);
    return registration?.id ?? null;
  }

  async function examine(
    asked: Change,
    entityId: string,
    changes: Values,
    context: RequestContext,
  ): Promise<Examinations> {
    const { entity } = asked;
    const { correlationId, memo } = context;
    const timeout = Math.max(1, Math.min(options.callTimeout, context.deadline - Date.now() - MARGIN));
    const call = { correlationId, traceparent: context.traceparent, timeout, memo };
    const found = [...byOwner(entity, changes)].map(async ([system, own]) => {
      const examination = { entity, entityId, kind: 'OWNER', changes: own, validate: true } as const;
      const examined = (await participants.get(system)?.examine(examination, call)) ?? null;
      if (examined) abilities.set(system, { ...examined, found: null, unreachable });
      return [system, examined ?? abilities.get(system) ?? null] as const;
    });
    return new Map(await Promise.all(found));
  }

  /** Everything that speaks against a change, and the plan of the rest. */
  async function consider(asked: Change, entityId: string, context: RequestContext): Promise<Considered> {
    const refused = refusalsOf(asked, context.principal);
    const checked = checkValues(asked.entity, asked.changes);
    const wrong = checked.refusals.map(({ attribute, path, code, message }): Refusal => {
      const owner = governed(asked.entity, attribute)?.owner;
      const place = path.length > 0 ? `${path.join('.')}: ` : '';
      return { code, attribute, message: place + message, ...(owner ? { owner } : {}) };
    });
    const without = new Set([...refused, ...wrong].map(({ attribute }) => attribute));
    const changes = Object.fromEntries(Object.entries(checked.values).filter(([name]) => !without.has(name)));
    const examinations = await examine(asked, entityId, changes, context);
    const { entity, mode, expect } = asked;
    const plan = planOf({ entity, entityId, changes, mode, expect }, examinations);
    return { entityId, plan, refusals: [...refused, ...wrong, ...plan.refusals] };
  }

  return {
    async plan(asked: Change, context: RequestContext): Promise<Planned> {
      const entityId = await survivor(asked, context);
      if (entityId === null) return { steps: [], approve: [], planHash: null, ...unknown(asked) };
      const { plan, refusals } = await consider(asked, entityId, context);
      const { steps, approve, hash } = plan;
      const planHash = refusals.length > 0 ? null : hash;
      return { steps, approve, planHash, refusals, entityId, followedMerge: isOther(asked, entityId) };
    },

    async update(asked: Update, context: RequestContext): Promise<Updated> {
      const { subject } = context.principal;
      const { idempotencyKey: key } = asked;
      const hash = digest(bodyOf(asked));
      // Most customers were never merged: what is queued under the id that was given is looked up at the same time.
      const [entityId, early] = await Promise.all([
        survivor(asked, context),
        key === null || !isUuid(asked.entityId)
          ? null
          : journal.lookup(asked.lane, subject, key, hash, asked.entityId.toLowerCase()),
      ]);
      if (entityId === null) return { write: null, replayed: false, ...unknown(asked) };
      const meant = { entityId, followedMerge: isOther(asked, entityId) };
      const refuse = (...refusals: Refusal[]): Updated => ({
        ...meant,
        write: null,
        refusals,
        replayed: false,
      });

      if (key === null) return refuse(keyRequired);
      const { known, seen } =
        early && !meant.followedMerge
          ? early
          : await journal.lookup(asked.lane, subject, key, hash, entityId);
      const replay = async (id: string, same: boolean): Promise<Updated> => {
        if (!same) return refuse(keyReused);
        return { ...meant, write: await ended(id, asked, context), refusals: [], replayed: true };
      };
      if (known) return replay(known.id, known.same);

      const { deadline } = asked;
      const late = deadline !== null && Date.parse(deadline) <= Date.now() ? [deadlinePassed] : [];
      const { plan, refusals } = await consider(asked, entityId, context);
      const other =
        asked.planHash !== null && asked.planHash !== plan.hash && refusals.length === 0 ? [planChanged] : [];
      const all = [...late, ...refusals, ...other];
      if (all.length > 0) return refuse(...all);

      const draft = draftOf(asked, { subject, key, hash, entityId, plan }, context);
      const accepted = await accept(draft, seen, context);
      if ('replayed' in accepted) return replay(accepted.id, accepted.replayed);
      const { write, held } = accepted;
      const waits = asked.wait === 'CONFIRMED' && (held !== null || write.state === 'PENDING');
      const shown = waits
        ? viewOf(write, await finished(write.id, asked, context))
        : { ...write, copies: [] };
      return { ...meant, write: shown ?? (await records.view(write.id)), refusals: [], replayed: false };
    },
  };

  /** Stores a write and begins with it, here where there is a place for it. */
  async function accept(draft: Draft, seen: string | null, context: RequestContext): Promise<Accepted> {
    const place = draft.lane === 'INTERACTIVE' ? worker.reserve() : null;
    let held: Held | null = null;
    try {
      const accepted = await journal.accept(draft, seen, place !== null);
      await at('accepted');
      if ('replayed' in accepted) return accepted;
      held = accepted.held;
      if (held) place?.take(held, context.memo);
      else if (accepted.write.state === 'PENDING') worker.look();
      return accepted;
    } finally {
      if (!held) place?.free();
    }
  }

  /** A write that was there already, once nothing is left to wait for. */
  async function ended(id: string, asked: Update, context: RequestContext): Promise<WriteView | null> {
    const write = await records.view(id);
    if (!write || isOver(write.state) || write.state === 'AWAITING_APPROVAL') return write;
    await finished(id, asked, context);
    return records.view(id);
  }

  /** Resolves when the write is over, or when its caller waits no longer; to its end, where that was reached here. */
  async function finished(
    id: string,
    { wait, deadline }: Update,
    context: RequestContext,
  ): Promise<Left | null> {
    if (wait === 'ACCEPTED') return null;
    const ends = Math.min(context.deadline - MARGIN, deadline === null ? Infinity : Date.parse(deadline));
    return worker.waitFor(id, performance.now() + ends - Date.now());
  }
}

/** A write that was carried out here, as it is on disk; null where more is to be told than is known here. Pure. */
function viewOf(accepted: Stored, left: Left | null): WriteView | null {
  if (!left || left.copied || !isOver(left.write.state)) return null;
  const { settledAt, write } = left;
  return { ...accepted, ...write, settledAt, copies: [] };
}

/** What a key stands for: everything but how its caller waits. */
function bodyOf({ entity, entityId, changes, mode, expect, reason, planHash, lane }: Update): object {
  return { entity, entityId, changes, mode, expect, reason, planHash, lane };
}

interface Settled {
  readonly subject: string;
  readonly key: string;
  readonly hash: string;
  readonly entityId: string;
  readonly plan: Plan;
}

function draftOf(
  asked: Update,
  { subject, key, hash, entityId, plan }: Settled,
  context: RequestContext,
): Draft {
  const { entity, mode, lane, reason } = asked;
  const { steps, approve, hash: planHash } = plan;
  const unchanged = steps.every(({ state }) => state === 'UNCHANGED');
  return {
    id: uuid(),
    entity,
    entityId,
    mode,
    lane,
    reason,
    state: unchanged ? 'SUCCEEDED' : approve.length > 0 ? 'AWAITING_APPROVAL' : 'PENDING',
    steps,
    approve,
    approval: null,
    planHash,
    policy,
    correlationId: context.correlationId,
    traceparent: context.traceparent,
    requestedBy: subject,
    client: context.principal.client,
    operation: `update${entity}`,
    subject,
    key,
    hash,
    queue: entityId,
    parent: null,
  };
}

/** What speaks against a change before anybody is asked. Pure. */
function refusalsOf({ entity, changes, expect }: Change, principal: Principal): readonly Refusal[] {
  const names = Object.keys(changes);
  if (names.length === 0) return [noChanges];
  const asked = byOwner(entity, changes);
  const idle = expect.filter(({ system }) => !asked.has(system)).map(({ system }) => system);
  return [
    ...idle.map(expectsNothing),
    ...names.flatMap((attribute): readonly Refusal[] => {
      const known = governed(entity, attribute);
      if (!known)
        return [
          {
            code: 'INVALID_VALUE',
            attribute,
            message: `${entity} has no attribute ${attribute} that can be written.`,
          },
        ];
      const { owner, write } = known;
      if (holds(principal, write.scopes)) return [];
      const message = `To write ${attribute} takes the scopes ${write.scopes.join(' and ')}.`;
      return [{ code: 'NOT_PERMITTED', attribute, owner, message }];
    }),
  ];
}

function expectsNothing(owner: SystemName): Refusal {
  const message = `A version of ${owner} is expected, which owns none of the changes; leave it out.`;
  return { code: 'VERSION_CONFLICT', owner, message };
}

function unknown({ entity, entityId }: Change) {
  const message = `There is no ${entity} with the id "${entityId.slice(0, 100)}".`;
  return {
    entityId: null,
    followedMerge: false,
    refusals: [{ code: 'UNKNOWN_CUSTOMER', message } satisfies Refusal],
  };
}

function isOther(asked: Change, entityId: string): boolean {
  return asked.entityId.toLowerCase() !== entityId;
}

const unreachable = { code: 'SYSTEM_UNAVAILABLE', message: 'The owner cannot be reached.' };
const noChanges: Refusal = { code: 'NO_CHANGES', message: 'Name at least one attribute to change.' };
const keyRequired: Refusal = {
  code: 'IDEMPOTENCY_KEY_REQUIRED',
  message:
    'Give an idempotency key, in the input or as the header Idempotency-Key: a new one for each write, the same when it is sent again.',
};
const keyReused: Refusal = {
  code: 'IDEMPOTENCY_KEY_REUSED',
  message: 'The idempotency key was used for another write; give a new one.',
};
const deadlinePassed: Refusal = {
  code: 'DEADLINE_PASSED',
  message: 'The deadline is in the past; give a later one, or none.',
};
const planChanged: Refusal = {
  code: 'PLAN_CHANGED',
  message: 'What would be done is no longer what was planned; plan again, and decide anew.',
};
