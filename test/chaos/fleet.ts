import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { startMember, type Member } from './member.ts';
import type { Disruption } from './disruptions.ts';
import type { Notice, Trap, WorkerOrder } from './messages.ts';

export interface FleetOrder {
  /** The file of this folder that a worker runs. */
  readonly file: string;
  readonly workers: number;
  readonly worker: WorkerOrder;
  /** Told of every boundary that a worker passed for the first time. */
  readonly boundary: (name: string) => void;
}

/** Workers that are started again at once when they end. */
export interface Fleet {
  /** One that takes questions, each in its turn; waits until there is one. */
  pick(): Promise<Member>;
  /** Does it to one of the workers. Resolves when the worker is there again, to the boundary at which it happened. */
  disrupt(disruption: Disruption): Promise<string | null>;
  /** Rejects when a worker does not start at all. */
  readonly broken: Promise<never>;
  /** Ends all of them for good. */
  end(): Promise<void>;
}

interface Slot {
  member: Member;
  ready: boolean;
  snapped: ((boundary: string) => void) | null;
  /** Starts in a row after which it ended before it was ready, without having been killed. */
  failures: number;
}

/** Milliseconds that a trap is left set before its worker is met where it stands. */
const patience = 8000;
/** Starts in a row that may fail. */
const attempts = 3;

export function startFleet({ file, workers, worker, boundary }: FleetOrder): Fleet {
  const changes = new EventEmitter().setMaxListeners(0);
  let [ending, turn] = [false, 0];
  let fail: (error: Error) => void;
  const broken = new Promise<never>((_, reject) => (fail = reject));
  broken.catch(() => undefined);

  function openSlot(): Slot {
    const slot: Slot = { member: start(), ready: false, snapped: null, failures: 0 };
    return slot;

    function start(): Member {
      let killed = false;
      const started = startMember(file, worker, (notice: Notice) => {
        if (notice.notice === 'boundary') boundary(notice.name);
        else if (notice.notice === 'snapped') slot.snapped?.(notice.name);
        else {
          [slot.ready, slot.failures] = [true, 0];
          changes.emit('ready');
        }
      });
      void started.ended.then((how) => {
        if (!slot.ready && !killed) slot.failures += 1;
        slot.ready = false;
        if (ending) return;
        if (slot.failures >= attempts) fail(new Error(how));
        else slot.member = start();
      });
      return {
        ...started,
        signal(name) {
          killed ||= name === 'SIGKILL';
          started.signal(name);
        },
      };
    }
  }
  const slots = Array.from({ length: workers }, openSlot);

  async function pickSlot(): Promise<Slot> {
    for (;;) {
      const ready = slots.filter((slot) => slot.ready);
      const slot = ready[++turn % ready.length];
      if (slot) return slot;
      await once(changes, 'ready');
    }
  }

  /** Sets the trap, and waits until it snaps; where it does not, the worker is met where it stands. */
  async function caught(slot: Slot, trap: Trap): Promise<string | null> {
    const { member } = slot;
    const snapped = new Promise<string>((resolve) => (slot.snapped = resolve));
    await member.ask('arm', trap).catch(() => null);
    const over = new AbortController();
    const boundaryName = await Promise.race([
      snapped,
      pause(patience, null, { signal: over.signal }).catch(() => null),
    ]);
    over.abort();
    slot.snapped = null;
    if (boundaryName === null) member.signal(trap.how);
    return boundaryName;
  }

  return {
    broken,
    pick: async () => (await pickSlot()).member,

    async disrupt(disruption) {
      const slot = await pickSlot();
      const { member } = slot;
      const how = disruption.kind === 'trap' ? disruption.trap.how : disruption.how;
      let boundaryName: string | null = null;
      if (disruption.kind === 'trap') boundaryName = await caught(slot, disruption.trap);
      else {
        await pause(disruption.after);
        member.signal(how);
      }
      if (how === 'SIGKILL') {
        await member.ended;
        while (!slot.ready && !ending) await once(changes, 'ready');
        return boundaryName;
      }
      slot.ready = false; // nobody asks one that is asleep
      await pause(worker.lease * 2);
      member.signal('SIGCONT');
      if (slot.member === member) slot.ready = true;
      changes.emit('ready');
      return boundaryName;
    },

    async end() {
      ending = true;
      changes.emit('ready');
      for (const { member } of slots) member.signal('SIGKILL');
      await Promise.all(slots.map(({ member }) => member.ended));
    },
  };
}
