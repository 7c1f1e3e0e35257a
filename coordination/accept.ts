import { validate as isUuid, v7 as uuid } from 'uuid';
import type { Identity } from '../identity/index.ts';
import { digest } from '../runtime/canonical.ts';
import type { RequestContext } from '../runtime/context.ts';
import { holds } from '../runtime/principal.ts';
import type { SystemName } from '../schema/generated/contracts.ts';
import { merging } from './barrier.ts';
import type { Change, Planned, StatusChange, Update, Updated, WriteView } from './coordination.ts';
import type { DriveOptions, Left } from './drive.ts';
import type { Accepted, Draft, Held, Journal, Lookup } from './journal.ts';
import { strangersIn } from './named.ts';
import type { Examination, Examined, Participant } from './participant.ts';
import { byOwner, governed, planOf, policy, type Examinations, type Plan } from './plan.ts';
import type { Records } from './records.ts';
import {
  deadlinePassed,
  keyRequired,
  keyReused,
  mayNotChangeStatus,
  nothing,
  planChanged,
  refusalsOf,
  unknown,
  unreachable,
} from './refused.ts';
import type { Refusal } from './refusal.ts';
import { checkValues } from './rules/index.ts';
import { shownAs } from './shown-as.ts';
import { asksFor, statusPlan } from './status/plan.ts';
import type { Worker } from './worker.ts';
import { isOver } from './write.ts';

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

/** What would be done for an entity that exists, and all that stands against it. */
interface Decision {
  readonly plan: Plan;
  readonly refusals: readonly Refusal[];
}

/** What is to be accepted, but for what it is about. */
interface Once
  extends Pick<Update, 'entity' | 'entityId' | 'mode' | 'lane' | 'reason' | 'idempotencyKey'>, Waiting {
  /** The mutation, as the audit names it. */
  readonly operation: string;
}
type Waiting = Pick<Update, 'wait' | 'deadline'>;

/** From a request to a write that is durably accepted, or to all of its refusals at once. */
export function acceptIn(options: AcceptOptions) {
  const { identity, participants, journal, records, worker, at } = options;
  /** What participants have said that their systems can do, for when they cannot be asked. */
  const abilities = new Map<SystemName, Examined>();

  async function survivor(asked: Pick<Change, 'entityId'>, context: RequestContext): Promise<string | null> {
    const registration = await identity.loadersOf(context).registration(asked.entityId);
    return registration?.id ?? null;
  }

  /** What each of these systems says of its part; `evidence` by system. */
  async function examine(
    { entity }: Pick<Change, 'entity'>,
    entityId: string,
    asks: Iterable<readonly [SystemName, Pick<Examination, 'changes' | 'evidence'>]>,
    context: RequestContext,
  ): Promise<Examinations> {
    const { correlationId, memo } = context;
    const timeout = Math.max(1, Math.min(options.callTimeout, context.deadline - Date.now() - MARGIN));
    const call = { correlationId, traceparent: context.traceparent, timeout, memo };
    const found = [...asks].map(async ([system, ask]) => {
      const examination = { entity, entityId, kind: 'OWNER', ...ask, validate: true } as const;
      const examined = (await participants.get(system)?.examine(examination, call)) ?? null;
      if (examined) abilities.set(system, { ...examined, found: null, unreachable });
      return [system, examined ?? abilities.get(system) ?? null] as const;
    });
    return new Map(await Promise.all(found));
  }

  /** Everything that speaks against a change, and the plan of the rest. */
  async function consider(asked: Change, entityId: string, context: RequestContext): Promise<Decision> {
    const strange = await strangersIn(asked, identity, context);
    const refused = [...refusalsOf(asked, context.principal), ...strange];
    const checked = checkValues(asked.entity, asked.changes);
    const wrong = checked.refusals.map(({ attribute, path, code, message }): Refusal => {
      const owner = governed(asked.entity, attribute)?.owner;
      const place = path.length > 0 ? `${path.join('.')}: ` : '';
      return { code, attribute, message: place + message, ...(owner ? { owner } : {}) };
    });
    const without = new Set([...refused, ...wrong].map(({ attribute }) => attribute));
    const changes = Object.fromEntries(Object.entries(checked.values).filter(([name]) => !without.has(name)));
    const asks = [...byOwner(asked.entity, changes)].map(
      ([owner, own]) => [owner, { changes: own }] as const,
    );
    const examinations = await examine(asked, entityId, asks, context);
    const plan = planOf({ ...asked, entityId, changes }, examinations);
    return { plan, refusals: [...refused, ...wrong, ...plan.refusals] };
  }

  /** The same for a change of status. */
  async function toStatus(asked: StatusChange, entityId: string, context: RequestContext): Promise<Decision> {
    if (!holds(context.principal, ['customer:write:status']))
      return { plan: nothing, refusals: [mayNotChangeStatus] };
    const { entity, to } = asked;
    const plan = statusPlan({ entity, entityId, to }, await examine(asked, entityId, asksFor(to), context));
    return { plan, refusals: plan.refusals };
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

    update: (asked: Update, context: RequestContext): Promise<Updated> =>
      once({ ...asked, operation: `update${asked.entity}` }, bodyOf(asked), context, async (entityId) => {
        const considered = await consider(asked, entityId, context);
        const { plan, refusals } = considered;
        const same = asked.planHash === null || asked.planHash === plan.hash;
        return same || refusals.length > 0 ? considered : { plan, refusals: [planChanged] };
      }),

    async planStatus(asked: StatusChange, context: RequestContext): Promise<Planned> {
      const entityId = await survivor(asked, context);
      if (entityId === null) return { steps: [], approve: [], planHash: null, ...unknown(asked) };
      const { plan, refusals } = await toStatus(asked, entityId, context);
      const meant = { entityId, refusals, followedMerge: isOther(asked, entityId) };
      return { ...plan, approve: [], planHash: refusals.length > 0 ? null : plan.hash, ...meant };
    },

    changeStatus(asked: StatusChange, context: RequestContext): Promise<Updated> {
      const { entity, entityId: id, to, reason } = asked;
      const operation = `change${entity}Status`;
      const all = { ...asked, operation, mode: 'ALL', lane: 'INTERACTIVE' } as const;
      return once(all, { entity, entityId: id, to, reason }, context, (entityId) =>
        toStatus(asked, entityId, context),
      );
    },
  };

  /** Accepts what is decided for an entity, once for each key: the same body gives the write there is. */
  async function once(
    asked: Once,
    body: object,
    context: RequestContext,
    decide: (entityId: string) => Promise<Decision>,
  ): Promise<Updated> {
    const { subject } = context.principal;
    const { idempotencyKey: key } = asked;
    const hash = digest(body);
    // Most customers were never merged: what is queued under the id that was given is looked up at the same time.
    const [entityId, early] = await Promise.all([
      survivor(asked, context),
      key === null || !isUuid(asked.entityId)
        ? null
        : journal.lookup(asked.lane, subject, key, hash, asked.entityId.toLowerCase()),
    ]);
    if (entityId === null) return { ...unwritten, ...unknown(asked) };
    const meant = { entityId, followedMerge: isOther(asked, entityId) };
    const refuse = (...refusals: Refusal[]): Updated => ({ ...meant, ...unwritten, refusals });

    if (key === null) return refuse(keyRequired);
    const { known, ...looked } =
      early && !meant.followedMerge ? early : await journal.lookup(asked.lane, subject, key, hash, entityId);
    const replay = async (id: string, same: boolean): Promise<Updated> => {
      if (!same) return refuse(keyReused);
      return { ...meant, write: await ended(id, asked, context), refusals: [], replayed: true };
    };
    if (known) return replay(known.id, known.same);

    const late = Date.parse(asked.deadline ?? '') <= Date.now() ? [deadlinePassed] : [];
    const { plan, refusals } = await decide(entityId);
    const all = [...late, ...refusals];
    // What a system has no record of may just have been merged by it.
    if (all.length > 0) return refuse(...((await records.isHeld(entityId)) ? [merging] : all));

    const draft = draftOf(asked, { subject, key, hash, entityId, plan }, context);
    const accepted = await accept(draft, looked, context);
    if ('barred' in accepted) return refuse(merging);
    if ('replayed' in accepted) return replay(accepted.id, accepted.replayed);
    const { write, held } = accepted;
    const waits = asked.wait === 'CONFIRMED' && (held !== null || write.state === 'PENDING');
    const shown = waits ? shownAs(write, await finished(write.id, asked, context)) : { ...write, copies: [] };
    return { ...meant, write: shown ?? (await records.view(write.id)), refusals: [], replayed: false };
  }

  /** Stores a write and begins with it, here where there is a place for it. */
  async function accept(
    draft: Draft,
    looked: Omit<Lookup, 'known'>,
    context: RequestContext,
  ): Promise<Accepted> {
    const place = draft.lane === 'INTERACTIVE' ? worker.reserve() : null;
    let held: Held | null = null;
    try {
      const accepted = await journal.accept(draft, looked.seen, place !== null, looked.secret);
      await at('accepted');
      if (!('write' in accepted)) return accepted;
      held = accepted.held;
      if (held) place?.take(held, context.memo);
      else if (accepted.write.state === 'PENDING') worker.look();
      return accepted;
    } finally {
      if (!held) place?.free();
    }
  }

  /** A write that was there already, once nothing is left to wait for. */
  async function ended(id: string, asked: Waiting, context: RequestContext): Promise<WriteView | null> {
    const write = await records.view(id);
    if (!write || isOver(write.state) || write.state === 'AWAITING_APPROVAL') return write;
    await finished(id, asked, context);
    return records.view(id);
  }

  /** Resolves when the write is over, or when its caller waits no longer; to its end, where that was reached here. */
  async function finished(
    id: string,
    { wait, deadline }: Waiting,
    context: RequestContext,
  ): Promise<Left | null> {
    if (wait === 'ACCEPTED') return null;
    const ends = Math.min(context.deadline - MARGIN, deadline === null ? Infinity : Date.parse(deadline));
    return worker.waitFor(id, performance.now() + ends - Date.now());
  }
}

const unwritten = { write: null, replayed: false } as const;

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
  asked: Once,
  { subject, key, hash, entityId, plan }: Settled,
  context: RequestContext,
): Draft {
  const { entity, mode, lane, reason, operation } = asked;
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
    operation,
    subject,
    key,
    hash,
    queue: entityId,
    parent: null,
  };
}

function isOther(asked: Pick<Change, 'entityId'>, entityId: string): boolean {
  return asked.entityId.toLowerCase() !== entityId;
}
