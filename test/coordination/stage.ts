import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import type { Coordination, Update, WriteView } from '../../coordination/coordination.ts';
import { openCoordination, type OpenedCoordination } from '../../coordination/index.ts';
import type { Limit } from '../../coordination/limits.ts';
import type { Pace } from '../../coordination/open.ts';
import type { Participant } from '../../coordination/participant.ts';
import type { Values } from '../../coordination/write.ts';
import { fingerprinterOf } from '../../events/index.ts';
import { createIdentity, type Identity } from '../../identity/index.ts';
import { requestContext, type RequestContext } from '../../runtime/context.ts';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { createMetrics } from '../../runtime/telemetry.ts';
import { prepared } from '../../subgraphs/store.ts';
import type { OpenStore } from '../support/store.ts';
import { ended } from './engine.ts';
import { ownerOf, type Effect, type Owner } from './owner.ts';
import { lameQueues } from './queues.ts';
import { seal } from '../support/seal.ts';

/** Fast, so that what is put off comes again within the test; nothing is asserted on how fast. */
const pace: Pace = {
  lease: 60_000,
  callTimeout: 5_000,
  concurrency: 16,
  interval: 25,
  watching: 10,
  attempts: 4,
  pauses: [1, 5],
};

/** One process of the graph, as far as it carries out governed writes. */
export interface Process extends Coordination, Pick<OpenedCoordination, 'reviewed'> {
  /** Ends it as a crash would: from now on it reaches neither the store nor an owner. */
  end(): void;
  stop(): Promise<void>;
}

/** A store with the register and the journal in it, owners in memory, and processes over them. */
export interface Stage {
  readonly db: Db;
  readonly identity: Identity;
  readonly crm: Owner;
  readonly erp: Owner;
  readonly billing: Owner;
  /** What all owners did, in order: their own log. */
  readonly log: Effect[];
  customers(count: number): Promise<readonly string[]>;
  start(given?: Partial<Pace>, limits?: readonly Limit[]): Promise<Process>;
  /** Resolves once it holds; looks again whenever a process turns to the store or to an owner, or passes a boundary. */
  until(holds: () => Promise<boolean> | boolean): Promise<void>;
  /** Nothing is left to be done for anybody, copies included. */
  quiet(): Promise<void>;
  /** Checks what must hold of every queue at every moment. */
  sound(): Promise<void>;
  /** Stops all processes, checks that nothing went wrong unnoticed and all queues are sound, and forgets all writes. */
  close(): Promise<void>;
}

export interface Kinds {
  readonly crm?: 'conditional' | 'keyed';
  readonly erp?: 'conditional' | 'keyed';
  readonly billing?: 'conditional' | 'keyed';
}

export async function openStage(open: OpenStore): Promise<(kinds?: Kinds, over?: (db: Db) => Db) => Stage> {
  const { db } = await prepared(await open());
  const migrations = fileURLToPath(new URL('../../coordination/migrations/', import.meta.url));
  await migrate(db, await loadMigrations([migrations]));
  return (kinds, over = (one) => one) => stageOver(over(db), kinds ?? {});
}

function stageOver(db: Db, kinds: Kinds): Stage {
  const identity = createIdentity({ db, seal });
  const log: Effect[] = [];
  const owners = {
    crm: ownerOf('CRM', kinds.crm ?? 'conditional', log),
    erp: ownerOf('ERP', kinds.erp ?? 'conditional', log),
    billing: ownerOf('BILLING', kinds.billing ?? 'keyed', log),
  };
  const opened: OpenedCoordination[] = [];
  const faults: unknown[] = [];
  let passed = 0;
  let resume = Promise.withResolvers<undefined>();
  const pass = (): void => {
    passed++;
    resume.resolve(undefined);
    resume = Promise.withResolvers();
  };

  async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
    for (;;) {
      const [seen, next] = [passed, resume.promise];
      if (await holds()) return;
      if (seen === passed) await next;
    }
  }

  const sound = async (): Promise<void> => {
    expect(await lameQueues(db)).toEqual([]);
  };

  return {
    db,
    identity,
    ...owners,
    log,
    until,
    customers: (count) =>
      identity.register.enrol(
        Array.from({ length: count }, () => ({ records: [{ system: 'CRM', key: randomUUID() }], facts: {} })),
      ),
    async start(given = {}, limits = []) {
      const death = Promise.withResolvers<never>();
      death.promise.catch(() => undefined);
      let alive = true;
      /** What a process does with the world; an answer that comes after its end reaches nobody. */
      const living = async <T>(work: () => Promise<T>): Promise<T> => {
        if (!alive) throw ended;
        const begun = work();
        pass();
        return Promise.race([begun, death.promise]);
      };
      const participants = Object.values(owners).map((owner): Participant => ({
        system: owner.system,
        examine: (...asked) => living(() => owner.examine(...asked)),
        apply: (...asked) => living(() => owner.apply(...asked)),
      }));
      const one = await openCoordination(
        {
          db: { ...db, query: (...asked) => living(() => db.query(...asked)) },
          identity,
          fingerprint: fingerprinterOf('stage'),
          participants: new Map(participants.map((participant) => [participant.system, participant])),
          metrics: createMetrics(),
          limits,
          failed: (error) => {
            if (error !== ended) faults.push(error);
          },
        },
        { ...pace, ...given },
        pass,
      );
      opened.push(one);
      return {
        ...one.coordination,
        reviewed: one.reviewed,
        stop: () => one.stop(),
        end() {
          alive = false;
          death.reject(ended);
          void one.stop();
        },
      };
    },
    quiet: () =>
      until(async () => {
        const open = await db.query(
          `select from coordination_write where state in ('PENDING', 'RUNNING', 'COMPENSATING') limit 1`,
        );
        return open.length === 0;
      }),
    sound,
    async close() {
      await Promise.all(opened.map((one) => one.stop()));
      const lame = await lameQueues(db);
      for (const table of ['write', 'step', 'queue', 'pressure'])
        await db.query(`delete from coordination_${table}`);
      await db.query('delete from events_outbox');
      expect({ faults, lame }).toEqual({ faults: [], lame: [] });
    },
  };
}

/** A request of somebody with these scopes. */
export function by(subject: string, scopes: readonly string[] = ['*'], timeout = 55_000): RequestContext {
  return requestContext({
    principal: { subject, scopes: new Set(scopes) },
    timeout,
    signal: new AbortController().signal,
  });
}

/** Changes of a customer, asked for as most callers would: all or nothing, and waiting for the end. */
export function asked(entityId: string, changes: Values, given: Partial<Update> = {}): Update {
  return {
    entity: 'Customer',
    entityId,
    changes,
    mode: 'ALL',
    expect: [],
    idempotencyKey: randomUUID(),
    reason: null,
    planHash: null,
    wait: 'CONFIRMED',
    deadline: null,
    lane: 'INTERACTIVE',
    ...given,
  };
}

/** The write that was accepted. */
export async function accepted(updated: ReturnType<Coordination['update']>): Promise<WriteView> {
  const { write, refusals } = await updated;
  expect(refusals).toEqual([]);
  if (!write) throw new Error('there is no write, and no refusal');
  return write;
}

/** The write once it is over, approved by a second person where it takes one. */
export async function carriedOut(one: Process, update: Update): Promise<WriteView> {
  const first = await accepted(one.update(update, by('caller')));
  if (first.state !== 'AWAITING_APPROVAL') return first;
  expect(await one.approve(first.id, by('colleague'))).toMatchObject({ refusals: [] });
  return accepted(one.update(update, by('caller')));
}

/** Does it for all, some at a time: as many as come at once, and no more than a store of tests has patience for. */
export async function inWaves<One, Result>(
  all: readonly One[],
  work: (one: One) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let n = 0; n < all.length; n += 20) {
    results.push(...(await Promise.all(all.slice(n, n + 20).map(work))));
  }
  return results;
}
