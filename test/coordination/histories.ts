import { decide, evolve, takenOver, type Action } from '../../coordination/saga.ts';
import type { Examined, Found, Outcome } from '../../coordination/participant.ts';
import { undoVerdict, type SagaEvent } from '../../coordination/step.ts';
import type { Mode, Step, Write } from '../../coordination/write.ts';

/** What may go wrong in a history, at most. */
export interface Budget {
  /** Ends of the process, each at any moment. */
  readonly crashes: number;
  /** Calls whose answer is lost, that are put off, refused, or arrive only later. */
  readonly faults: number;
}

/**
 * An owner of one attribute: `conditional` refuses another version, `keyed` has one effect for each key. Or one that is to
 * make a record: `unique` only where it has none, `made by key` once for each key.
 */
interface Owner {
  readonly kind: 'conditional' | 'keyed' | 'unique' | 'made by key';
  readonly version: number;
  /** Of a record that is to be made, `old` is none. */
  readonly value: 'old' | 'new';
  /** Effects of ours, and undone ones. */
  readonly effects: number;
  readonly undone: number;
  readonly keys: readonly string[];
  /** A call that is still on its way; it may arrive at any time, or never. */
  readonly late: { readonly ifVersion: string; readonly key: string; readonly undo: boolean } | null;
}

interface World extends Budget {
  /** As the worker has it in its memory. */
  readonly write: Write;
  /** As the store has it. */
  readonly stored: Write;
  readonly owners: readonly Owner[];
}

/** An end of a history, seen from outside. */
export interface End {
  readonly write: Write;
  readonly owners: readonly Owner[];
}

/** What the saga under test does; a mutant gives one of them differently. */
export interface Saga {
  readonly decide: typeof decide;
  readonly evolve: typeof evolve;
  readonly takenOver: typeof takenOver;
}
export const saga: Saga = { decide, evolve, takenOver };

const tolerance = { attempts: 20, now: 0, pause: () => 0 };

export function firstWrite(mode: Mode, kinds: readonly Owner['kind'][]): Write {
  const steps = kinds.map((kind, ordinal): Step => ({
    ordinal,
    system: 'CRM',
    kind: isMade(kind) ? 'CREATE' : 'OWNER',
    changes: { a: 'new' },
    expect: null,
    guarantee: 'EFFECTIVELY_ONCE',
    undoable: isBound(kind),
    state: 'READY',
    before: null,
    versionAfter: null,
    after: null,
    sent: false,
    attempts: 0,
    waits: 0,
    due: null,
    generation: 0,
    cause: null,
    settledAt: null,
  }));
  return {
    id: 'w',
    entity: 'Customer',
    entityId: 'c',
    mode,
    lane: 'INTERACTIVE',
    state: 'RUNNING',
    epoch: 1,
    steps,
    correlationId: 'x',
    traceparent: null,
  };
}

const isMade = (kind: Owner['kind']): boolean => kind === 'unique' || kind === 'made by key';
const isBound = (kind: Owner['kind']): boolean => kind === 'conditional' || kind === 'unique';
const isKeyed = (kind: Owner['kind']): boolean => kind === 'keyed' || kind === 'made by key';

/** Every history of a write, each end told once; gives how many histories there are. */
export function enumerate(
  mode: Mode,
  kinds: readonly Owner['kind'][],
  budget: Budget,
  told: (end: End) => void,
  { decide, evolve, takenOver }: Saga = saga,
): { readonly histories: bigint; readonly states: number } {
  const write = firstWrite(mode, kinds);
  const owners = kinds.map((kind): Owner => ({
    kind,
    version: 1,
    value: 'old',
    effects: 0,
    undone: 0,
    keys: [],
    late: null,
  }));
  const known = new Map<string, bigint>();
  const under = new Set<string>();

  function count(world: World): bigint {
    const key = JSON.stringify(world);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (under.has(key)) throw new Error(`a circle without progress at ${key}`);
    under.add(key);
    const total = next(world).reduce((sum, one) => sum + (one === 'end' ? 1n : count(one)), 0n);
    under.delete(key);
    known.set(key, total);
    return total;
  }

  function next(world: World): readonly (World | 'end')[] {
    const action = decide(world.write, 0);
    if (action.do === 'WAIT') throw new Error('nothing is due although no time passes');
    const arrivals = world.owners.flatMap((owner, i) =>
      owner.late ? [{ ...world, owners: world.owners.with(i, arrived(owner)) }] : [],
    );
    if (action.do === 'FINISH') {
      const finished = { ...world.write, state: action.state };
      told({ write: finished, owners: world.owners });
      // A call that arrives after the end must not have an effect either.
      for (const late of arrivals) told({ write: finished, owners: late.owners });
      return ['end', ...crashes(world)];
    }
    const journalled: World =
      action.do === 'APPLY' || action.do === 'UNDO' ? { ...world, stored: world.write } : world;
    return [...arrivals, ...crashes(world), ...act(journalled, action)];
  }

  function crashes(world: World): readonly World[] {
    if (world.crashes === 0) return [];
    return [{ ...world, crashes: world.crashes - 1, write: takenOver(world.stored) }];
  }

  function act(world: World, action: Extract<Action, { steps: unknown }>): readonly World[] {
    return action.steps.reduce<readonly World[]>(
      (worlds, ordinal) => worlds.flatMap((one) => actOn(one, action.do, ordinal)),
      [world],
    );
  }

  function actOn(world: World, what: Action['do'], i: number): readonly World[] {
    const step = world.write.steps[i];
    const owner = world.owners[i];
    if (!step || !owner) throw new Error('a step has an owner');
    const happened = (one: World, event: SagaEvent): World => ({
      ...one,
      write: evolve(one.write, event, tolerance),
    });
    const examined = examine(owner);
    switch (what) {
      case 'EXAMINE':
        return [happened(world, { type: 'EXAMINED', ordinal: i, examined })];
      case 'PROBE':
        return [happened(world, { type: 'PROBED', ordinal: i, examined })];
      case 'APPLY':
        return outcomes(world, owner, i, false).map(([one, outcome]) =>
          happened(one, { type: 'CALLED', ordinal: i, outcome }),
        );
      default: {
        const probed = happened(world, { type: 'UNDO_PROBED', ordinal: i, examined });
        if (!examined.found || undoVerdict(step, examined.found) !== 'SEND') return [probed];
        return outcomes(probed, owner, i, true).map(([one, outcome]) =>
          happened(one, { type: 'UNDO_CALLED', ordinal: i, outcome }),
        );
      }
    }
  }

  const first: World = { ...budget, write, stored: write, owners };
  return { histories: count(first), states: known.size };
}

function examine(owner: Owner): Examined {
  const found: Found = {
    version: String(owner.version),
    values: { a: owner.value },
    restore: 'old',
    same: owner.value === 'new' ? ['a'] : [],
    restored: owner.value === 'old',
    refusals: [],
  };
  return {
    guarantee: 'EFFECTIVELY_ONCE',
    conditional: isBound(owner.kind),
    keyed: isKeyed(owner.kind),
    found: isMade(owner.kind) && owner.value === 'old' ? null : found,
  };
}

/** What may become of a call: every outcome that the budget allows. */
function outcomes(
  world: World,
  owner: Owner,
  i: number,
  undo: boolean,
): readonly (readonly [World, Outcome])[] {
  const step = world.write.steps[i];
  const ifVersion = (undo ? step?.versionAfter : null) ?? step?.before?.version ?? '';
  const key = `${step?.generation ?? 0}${undo ? 'u' : ''}`;
  const call = { ifVersion, key, undo };
  const faulty = (changes: Partial<Owner>): World => ({
    ...world,
    faults: world.faults - 1,
    owners: world.owners.with(i, { ...owner, ...changes }),
  });
  const taken = carriedOut(owner, call);
  const answer: Outcome = taken
    ? { status: 'APPLIED', version: String(taken.version), values: { a: taken.value } }
    : { status: 'STALE' };
  const plain = [[{ ...world, owners: world.owners.with(i, taken ?? owner) }, answer]] as const;
  if (world.faults === 0) return plain;
  const unknown = { status: 'UNKNOWN', code: 'X', message: '' } as const;
  const later = { status: 'LATER', code: 'X', message: '' } as const;
  const refused = { status: 'REFUSED', causes: [] } as const;
  return [
    ...plain,
    [faulty(taken ?? {}), unknown],
    ...(owner.late ? [] : ([[faulty({ late: call }), unknown]] as const)),
    [faulty({}), later],
    // An undo puts back what the owner had itself; an owner that takes a value once takes it again.
    ...(undo || step?.sent ? [] : ([[faulty({}), refused]] as const)),
  ];
}

function arrived(owner: Owner): Owner {
  const { late, ...rest } = owner;
  return { ...((late && carriedOut(rest, late)) ?? rest), late: null };
}

/** The owner after the call; null where it refuses the version. */
function carriedOut(
  owner: Omit<Owner, 'late'>,
  { ifVersion, key, undo }: NonNullable<Owner['late']>,
): Owner | null {
  const late = 'late' in owner ? (owner as Owner).late : null;
  // What makes a record asks for none of any version, and what takes one away for the one it is.
  const fits = isMade(owner.kind) && !undo ? owner.value === 'old' : ifVersion === String(owner.version);
  if (isBound(owner.kind) && !fits) return null;
  if (isKeyed(owner.kind) && owner.keys.includes(key)) return { ...owner, late };
  return {
    ...owner,
    late,
    version: owner.version + 1,
    value: undo ? 'old' : 'new',
    effects: owner.effects + (undo ? 0 : 1),
    undone: owner.undone + (undo ? 1 : 0),
    keys: isKeyed(owner.kind) ? [...owner.keys, key] : owner.keys,
  };
}
