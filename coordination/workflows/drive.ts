import type { Db, Queryable } from '../../runtime/db/index.ts';
import { close, raise } from '../../steward/index.ts';
import { isOver as isWritten } from '../write.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import type { actIn } from './act.ts';
import type { CarriedKinds } from './carried.ts';
import type { Held, Settlement, Settled, Store } from './store.ts';
import {
  isOver,
  type Asked,
  type Command,
  type OwnCommand,
  type OwnEvent,
  type Workflow,
  type WorkflowEvent,
} from './workflow.ts';

/** Every place between two statements that touch the world, where a process may end. */
export const boundaries = ['claimed', 'done', 'settled'] as const;
export type Boundary = (typeof boundaries)[number];

export interface DriveOptions {
  readonly db: Db;
  readonly store: Store;
  readonly kinds: CarriedKinds;
  readonly act: ReturnType<typeof actIn>;
  /** Milliseconds to stay away after so many times in a row that somebody could not be reached. */
  readonly pause: (times: number) => number;
  /** Told of each event once it is stored. */
  readonly happened?: (workflow: Workflow, event: WorkflowEvent | OwnEvent) => void;
  /** Called at each boundary; what it throws ends the drive as the end of the process would. */
  readonly at: (boundary: Boundary) => void | Promise<void>;
}

/** Milliseconds after which is looked at by itself what wakes a workflow otherwise: a write, and a person. */
const POLL = 60_000;
const WEEK = 7 * 86_400_000;

/**
 * Takes a held workflow as far as it goes: to its end, to a question, until its write is over, or until another worker has
 * it. All decisions are those of its kind; here is only what touches the world.
 */
export async function drive(taken: Held, options: DriveOptions): Promise<void> {
  const { db, store, act, at, pause } = options;
  const carried = options.kinds.get(taken.workflow.kind);
  if (!carried) throw new Error(`nobody knows workflows of the kind ${taken.workflow.kind}`);
  const { kind } = carried;
  const gaveUp = (tx: Queryable, over: Workflow) => carried.gaveUp(tx, over);
  let held = taken;

  await at('claimed');
  const isToEnd = ({ cancelling }: Workflow): boolean => cancelling !== null && !kind.isEnding(held.workflow);
  if (held.workflow.state === 'PARKED' && !isToEnd(held.workflow) && !(await take({ type: 'WOKEN' }))) return;
  for (;;) {
    const { cancelling } = held.workflow;
    if (cancelling && isToEnd(held.workflow) && !(await take({ type: 'CANCELLING', ...cancelling }))) return;
    const command = kind.decide(held.workflow);
    if (isRest(command)) {
      // Only where the decisions have changed since it was stored: it would have been let go of with its last event.
      await settle(held.workflow, [], command.do === 'END' ? null : WEEK);
      return;
    }
    const gate = carried.isOneAtATime(command)
      ? { name: kind.kind, seen: await store.passed(kind.kind) }
      : undefined;
    const event = await act(held.workflow, command, carried);
    await at('done');
    if (!(await take(event, gate))) return;
  }

  /** Stores what has happened; false where it is not to go on here. */
  async function take(event: WorkflowEvent | OwnEvent, gate?: Settlement['gate']): Promise<boolean> {
    const before = held.workflow;
    const after = kind.evolve(before, event);
    const entries = kind.told(before, event, after);
    const wait = waitAfter(event, after);
    const settled = await settle(after, entries, wait, gate);
    if (settled === 'LOST') return false;
    // Decided on what is no longer so: it is decided anew.
    if (settled === 'AGAIN') return true;
    options.happened?.(after, event);
    const { leaseEnds, cancelling } = settled;
    held = { ...held, workflow: { ...after, cancelling }, leaseEnds };
    await at('settled');
    return wait === null && !isOver(after.state) && held.leaseEnds > performance.now();
  }

  /** Null where it is gone on with at once, or over. */
  function waitAfter(event: WorkflowEvent | OwnEvent, after: Workflow): number | null {
    if (isOver(after.state)) return null;
    if (after.state === 'PARKED') return WEEK;
    if (event.type === 'LATER') return pause(kind.waits(after));
    if (!isOfWrite(event) || !event.write || isWritten(event.write.state)) return null;
    const waits = kind.waits(after);
    return waits > 0 ? pause(waits) : POLL;
  }

  /** In one statement; in one transaction with what else follows from it. */
  async function settle(
    after: Workflow,
    entries: Settlement['entries'],
    wait: number | null,
    gate?: Settlement['gate'],
  ): Promise<Settled> {
    const settlement: Settlement = { workflow: after, entries, wait, ...(gate ? { gate } : {}) };
    const [was, is] = [kind.asks(held.workflow), kind.asks(after)];
    const givenUp = after.state === 'FAILED' || after.state === 'CANCELLED';
    if (!givenUp && JSON.stringify(was) === JSON.stringify(is)) return store.settle(held, settlement);
    return db.transaction(async (tx) => {
      const settled = await store.settle(held, settlement, tx);
      if (settled === 'LOST' || settled === 'AGAIN') return settled;
      await tell(tx, after, was, is);
      if (givenUp) await gaveUp(tx, after);
      return settled;
    });
  }
}

function isRest(command: Command | OwnCommand): command is Extract<Command, { do: 'WAIT' | 'END' }> {
  return command.do === 'END' || command.do === 'WAIT';
}

/** Whether an event tells of a write. */
export function isOfWrite(
  event: WorkflowEvent | OwnEvent,
): event is Extract<WorkflowEvent, { type: 'WRITTEN' }> {
  return event.type === 'WRITTEN';
}

/** Puts a question before a steward, and takes back the one that is answered. */
export async function tell(
  tx: Queryable,
  { id, entity }: Workflow,
  was: Asked | null,
  is: Asked | null,
): Promise<void> {
  if (was) await close(tx, 'ONBOARDING_QUESTION', was.key, 'ANSWERED');
  if (!is) return;
  const { key, customers, evidence, offered } = is;
  await raise(tx, {
    ...{ kind: 'ONBOARDING_QUESTION', key, evidence, offered },
    entity: entity as EntityName,
    entityIds: customers,
    sides: customers.map((customer) => ({ customer })),
    waiting: { workflow: id },
  });
}
