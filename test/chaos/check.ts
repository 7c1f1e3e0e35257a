import { isDeepStrictEqual } from 'node:util';
import type { Claim, ClaimedReceipt, Told } from './claims.ts';
import { effectsIn, type Effect } from './effects.ts';
import type { Entry } from './history.ts';
import { outOfOrder } from './order.ts';
import type { Property, Violation } from './verdict.ts';

/** Everything that is known of a run when it is over. */
export interface Story {
  /** From the owners: the truth. */
  readonly history: readonly Entry[];
  /** From the client. */
  readonly told: readonly Told[];
  /** From the coordination layer. */
  readonly claims: readonly Claim[];
  /** Queues of it that are not as their writes are, when everything is over. */
  readonly lame?: readonly string[];
  /** How workers ended that nobody had killed. */
  readonly crashes?: readonly string[];
}

/** What one write did at one owner. */
interface Footprint {
  readonly claim: Claim;
  readonly system: string;
  readonly receipts: readonly ClaimedReceipt[];
  readonly forward: readonly Effect[];
  readonly undone: readonly Effect[];
}

const unfinished: ReadonlySet<Claim['state']> = new Set([
  'AWAITING_APPROVAL',
  'PENDING',
  'RUNNING',
  'COMPENSATING',
]);

/** Holds what clients were told and what the coordination layer claims against the owners' own history. Pure. */
export function check({ history, told, claims, lame = [], crashes = [] }: Story): readonly Violation[] {
  const effects = effectsIn(history);
  const byId = new Map(claims.map((claim) => [claim.id, claim]));
  const askedBy = new Map(told.flatMap((one) => one.ids.map((id) => [id, one])));
  const originOf = (claim: Claim) => askedBy.get(claim.copyOf ?? claim.id);
  const footprints = claims.flatMap((claim) => footprintsOf(claim, effects));
  return [
    ...told.flatMap((one) => promised(one, byId)),
    ...claims.flatMap((claim) => [...visible(claim), ...asked(claim, originOf(claim))]),
    ...effects.flatMap((effect) => ordered(effect, byId, originOf)),
    ...footprints.flatMap((footprint) => [...once(footprint), ...honest(footprint, effects)]),
    ...claims.flatMap((claim) =>
      whole(
        claim,
        footprints.filter((one) => one.claim === claim),
      ),
    ),
    ...outOfOrder(effects, claims, told),
    ...lame.map((queue): Violation => ({ property: 'lame', seen: `the queue ${queue}` })),
    ...crashes.map((seen): Violation => ({ property: 'crashed', seen })),
  ];
}

function footprintsOf(claim: Claim, effects: readonly Effect[]): readonly Footprint[] {
  const own = effects.filter(({ write }) => write === claim.id);
  const systems = new Set([...claim.receipts, ...own].map(({ system }) => system));
  return [...systems].map((system) => {
    const here = own.filter((effect) => effect.system === system);
    return {
      claim,
      system,
      receipts: claim.receipts.filter((receipt) => receipt.system === system),
      forward: here.filter(({ undo }) => !undo),
      undone: here.filter(({ undo }) => undo),
    };
  });
}

/** What was acknowledged is there, once, with a receipt for everything that was asked for. */
function promised({ submission, ids }: Told, byId: ReadonlyMap<string, Claim>): readonly Violation[] {
  const { key, changes } = submission;
  const different = [...new Set(ids)];
  const violations: Violation[] = [];
  if (different.length > 1)
    violations.push({ property: 'duplicated', seen: `${key} became ${different.join(' and ')}` });
  for (const id of different) {
    const claim = byId.get(id);
    if (!claim) {
      violations.push({ property: 'lost', seen: `${key} was acknowledged as ${id}, which is not there` });
      continue;
    }
    const missing = Object.keys(changes).filter(
      (name) => !claim.receipts.some(({ attribute }) => attribute === name),
    );
    if (missing.length > 0)
      violations.push({ property: 'disagree', seen: `${id} has no receipt for ${missing.join(', ')}` });
  }
  return violations;
}

function visible({ id, state }: Claim): readonly Violation[] {
  return unfinished.has(state) ? [{ property: 'lost', seen: `${id} is still ${state}` }] : [];
}

function asked({ id }: Claim, origin: Told | undefined): readonly Violation[] {
  return origin ? [] : [{ property: 'phantom', seen: `nobody asked for ${id}` }];
}

/** Every effect is that of a write, at a system that it is about, with the values that were asked for. */
function ordered(
  effect: Effect,
  byId: ReadonlyMap<string, Claim>,
  originOf: (claim: Claim) => Told | undefined,
): readonly Violation[] {
  const { seq, record, write, system, undo, strange, changed } = effect;
  const phantom = (why: string): readonly Violation[] => [
    { property: 'phantom', seen: `effect ${seq} at ${record}, of ${write ?? 'nobody'}: ${why}` },
  ];
  const claim = write === null ? undefined : byId.get(write);
  if (strange) return phantom('it is no change of a record');
  if (!claim) return phantom('there is no such write');
  if (!claim.receipts.some((receipt) => receipt.system === system))
    return phantom(`the write is not about ${system}`);
  if (undo) return [];
  const mark = originOf(claim)?.submission.mark ?? '?';
  const foreign = Object.entries(changed).filter(([, { to }]) => !JSON.stringify(to).includes(mark));
  if (foreign.length > 0)
    return phantom(`it changed ${foreign.map(([name]) => name).join(', ')} to what was not asked for`);
  return Object.keys(changed).length === 0 ? phantom('it changed nothing') : [];
}

/** A step has at most one effect, and at most one undo of it. */
function once({ claim, system, forward, undone }: Footprint): readonly Violation[] {
  const times = (effects: readonly Effect[], what: string): readonly Violation[] =>
    effects.length > 1
      ? [{ property: 'duplicated', seen: `${claim.id} was ${what} ${effects.length} times in ${system}` }]
      : [];
  const early = undone.some((one) => !forward.some(({ seq }) => seq < one.seq));
  return [
    ...times(forward, 'carried out'),
    ...times(undone, 'undone'),
    ...(early
      ? [{ property: 'phantom' as const, seen: `${claim.id} undid in ${system} what it had not done` }]
      : []),
  ];
}

/** Receipts say what the owner's history says. */
function honest(footprint: Footprint, effects: readonly Effect[]): readonly Violation[] {
  const { claim, system, receipts, forward, undone } = footprint;
  const [effect] = forward;
  const outcomes = new Set(receipts.map(({ outcome }) => outcome));
  const says = (property: Property, what: string): Violation => ({
    property,
    seen: `${claim.id} says ${[...outcomes].join(' and ')} in ${system}: ${what}`,
  });
  if (outcomes.has('NEEDS_REVIEW')) return [];
  if (outcomes.has('PENDING')) return [says('lost', 'not at its end')];
  if (outcomes.has('APPLIED')) {
    if (!effect) return [says('lost', 'there is no effect')];
    if (undone.length > 0) return [says('disagree', 'it was undone')];
    return receipts
      .filter(({ outcome, versionBefore, versionAfter }) => {
        const late = numberOf(versionBefore) >= numberOf(effect.version);
        return outcome === 'APPLIED' && (late || !held(effect, versionAfter, effects));
      })
      .map(({ attribute, versionBefore, versionAfter }) =>
        says(
          'disagree',
          `${attribute} from ${versionBefore} to ${versionAfter}, which was ${effect.version}`,
        ),
      );
  }
  if (outcomes.has('COMPENSATED')) {
    if (!effect) return [says('disagree', 'there was no effect')];
    if (undone.length === 0) return [says('torn', 'it was not undone')];
    return restored(effect, undone[0]) ? [] : [says('torn', 'the record is not as it was')];
  }
  return effect ? [says('phantom', `there is an effect, ${effect.seq}`)] : [];
}

/** Whether a version of the record is one that has all the values of an effect. */
function held(effect: Effect, version: string | null, effects: readonly Effect[]): boolean {
  const number = numberOf(version);
  if (number === Number(effect.version)) return true;
  const later = effects.filter(
    (one) =>
      one.record === effect.record &&
      Number(one.version) > Number(effect.version) &&
      Number(one.version) <= number,
  );
  const untouched = (one: Effect) => Object.keys(one.changed).every((name) => !(name in effect.changed));
  return later.some((one) => Number(one.version) === number) && later.every(untouched);
}

/** Every owner writes versions in its own way around a number; NaN where there is none. */
function numberOf(version: string | null): number {
  return Number(/\d+/.exec(version ?? '')?.[0] ?? NaN);
}

/** Whether an undo put back exactly what the effect had changed. */
function restored({ changed }: Effect, undo: Effect | undefined): boolean {
  const expected = Object.entries(changed).map(([name, { from, to }]) => [name, { from: to, to: from }]);
  return undo !== undefined && isDeepStrictEqual(undo.changed, Object.fromEntries(expected));
}

/** A write in mode ALL has all its effects or none; what its state says of them is so. */
function whole({ id, mode, state, receipts }: Claim, footprints: readonly Footprint[]): readonly Violation[] {
  if (state === 'REVIEW' || unfinished.has(state)) return [];
  if (receipts.some(({ outcome }) => outcome === 'NEEDS_REVIEW')) return [];
  const concerned = footprints.filter((one) => !one.receipts.every(({ outcome }) => outcome === 'UNCHANGED'));
  const lasting = concerned.filter(({ forward, undone }) => forward.length > undone.length);
  const seen = `${id}, ${mode} and ${state}, has its effect in ${lasting.length} of ${concerned.length} systems`;
  const isWhole = lasting.length === concerned.length;
  const isNone = lasting.length === 0;
  if (mode === 'ALL' && !isWhole && !isNone) return [{ property: 'torn', seen }];
  const agrees = state === 'SUCCEEDED' ? isWhole : state === 'PARTIAL' ? mode === 'EACH' && !isNone : isNone;
  return agrees ? [] : [{ property: 'disagree', seen }];
}
