import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Disruption } from './disruptions.ts';
import { startMember, type Member } from './member.ts';
import type { Notice, Trap, WorkerOrder } from './messages.ts';

export interface FleetOrder {
  /** The file of this folder that a worker runs. */
  readonly file: string;
  readonly workers: number;
  readonly worker: WorkerOrder;
  /** Told of every boundary that a worker passed for the first time. */
  readonly boundary: (name: string) => void;
}

/** A worker that was met, and the boundary at which it was; null at any other moment. */
export interface Met {
  readonly boundary: string | null;
}

/** Workers that are started again at once when they end. */
export interface Fleet {
  /** One that takes questions, each in its turn; waits until there is one. */
  pick(): Promise<Member>;
  /** Does it to a worker; resolves when that one works again, to all that were met: seldom more than one. */
  disrupt(disruption: Disruption): Promise<readonly Met[]>;
  /** Rejects when a worker does not start at all. */
  readonly broken: Promise<never>;
  /** How workers ended in the middle of their work that nobody had killed. */
  crashes(): readonly string[];
  /** Ends all of them for good. */
  end(): Promise<void>;
}

interface Slot {
  member: Member;
  ready: boolean;
  /** Told of the boundary when its trap snaps. */
  snapped: (boundary: string) => void;
  /** Starts in a row after which it ended before it was ready, without having been killed. */
  failures: number;
}

/** Milliseconds that traps are left set before a worker is met where it stands. */
const patience = 15_000;
/** Starts in a row that may fail. */
const attempts = 3;

export function startFleet({ file, workers, worker, boundary }: FleetOrder): Fleet {
  const crashes: string[] = [];
  const changes = new EventEmitter().setMaxListeners(0);
  let [ending, turn] = [false, 0];
  let fail: (error: Error) => void;
  const broken = new Promise<never>((_, reject) => (fail = reject));
  broken.catch(() => undefined);

  function openSlot(): Slot {
    const slot: Slot = { member: start(), ready: false, snapped: () => undefined, failures: 0 };
    return slot;

    function start(): Member {
      let killed = false;
      const started = startMember(file, worker, (notice: Notice) => {
        if (notice.notice === 'boundary') boundary(notice.name);
        else if (notice.notice === 'snapped') {
          killed = true;
          slot.snapped(notice.name);
        } else {
          [slot.ready, slot.failures] = [true, 0];
          changes.emit('ready');
        }
      });
      void started.ended.then((how) => {
        if (ending) return;
        // One that does not start says why, and is started again.
        if (!killed && slot.ready) crashes.push(how);
        else if (!killed) slot.failures += 1;
        slot.ready = false;
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

  /** Sees a worker that was met back to work: a killed one starts anew, a sleeping one is woken. */
  async function back(slot: Slot, member: Member, { how, leases }: Disruption): Promise<void> {
    if (how === 'SIGSTOP') {
      slot.ready = false; // nobody asks one that is asleep
      await pause(worker.lease * leases);
      member.signal('SIGCONT');
      if (slot.member === member) slot.ready = true;
      changes.emit('ready');
      return;
    }
    await member.ended;
    while (!slot.ready && !ending) await once(changes, 'ready');
  }

  /** Sets a trap for every worker, until the first one snaps; where none does, a worker is met where it stands. */
  async function trap(disruption: Disruption): Promise<readonly Met[]> {
    const { how, at, skip } = disruption;
    const met: Met[] = [];
    const returning: Promise<void>[] = [];
    const over = new AbortController();
    await pickSlot();
    const ready = slots.filter((slot) => slot.ready);
    for (const slot of ready) {
      const { member } = slot;
      slot.snapped = (name) => {
        met.push({ boundary: name });
        returning.push(back(slot, member, disruption));
        over.abort();
      };
    }
    const set = (trap: Trap) =>
      Promise.all(ready.map(({ member }) => member.ask('arm', trap).catch(() => null)));
    void set({ how, at, skip });
    await pause(patience, null, { signal: over.signal }).catch(() => null);
    // Whoever is asleep answers when it is awake again; whoever snaps until then says so before it answers.
    await set({ how, at: [], skip: 0 });
    await Promise.all(returning);
    return met.length > 0 ? met : strike(disruption);
  }

  async function strike(disruption: Disruption): Promise<readonly Met[]> {
    const slot = await pickSlot();
    const { member } = slot;
    await pause(disruption.after);
    member.signal(disruption.how);
    await back(slot, member, disruption);
    return [{ boundary: null }];
  }

  return {
    broken,
    crashes: () => crashes,
    pick: async () => (await pickSlot()).member,
    disrupt: (disruption) => (disruption.at.length > 0 ? trap(disruption) : strike(disruption)),
    async end() {
      ending = true;
      changes.emit('ready');
      for (const { member } of slots) member.signal('SIGKILL');
      await Promise.all(slots.map(({ member }) => member.ended));
    },
  };
}
