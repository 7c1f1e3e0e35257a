import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { participantOf } from '../../coordination/index.ts';
import type { Boundary as WriteBoundary } from '../../coordination/drive.ts';
import { recordsIn } from '../../coordination/records.ts';
import { actIn } from '../../coordination/workflows/act.ts';
import { carriedBy } from '../../coordination/workflows/carried.ts';
import type { Match } from '../../coordination/workflows/onboarding/candidates.ts';
import { drive, type Boundary } from '../../coordination/workflows/drive.ts';
import { erasingIn } from '../../coordination/workflows/erasing/act.ts';
import { guardIn } from '../../coordination/workflows/erasing/guards.ts';
import { mergingIn } from '../../coordination/workflows/merging/act.ts';
import { mergesIn } from '../../coordination/workflows/merging/start.ts';
import { onboardingIn } from '../../coordination/workflows/onboarding/act.ts';
import type { Memory } from '../../coordination/workflows/onboarding/index.ts';
import { readsIn } from '../../coordination/workflows/reads.ts';
import { embeddedReference } from '../../coordination/workflows/reference/embedded.ts';
import { begun } from '../../coordination/workflows/begin.ts';
import { draftOf } from '../../coordination/workflows/onboarding/start.ts';
import { storeIn, type Store as Workflows } from '../../coordination/workflows/store.ts';
import type { OwnEvent, Workflow, WorkflowEvent } from '../../coordination/workflows/workflow.ts';
import { unmergingIn } from '../../coordination/workflows/unmerging/act.ts';
import { unmergeIn } from '../../coordination/workflows/unmerging/start.ts';
import type { MergeOrder, Started, WorkflowView } from '../../coordination/workflows/workflows.ts';
import { writesIn } from '../../coordination/workflows/writes.ts';
import type { Values } from '../../coordination/write.ts';
import type { Identity } from '../../identity/index.ts';
import { requestContext } from '../../runtime/context.ts';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { localSubgraph } from '../../runtime/executor.ts';
import { createGuard } from '../../runtime/guard.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { contractOf } from '../../schema/load.ts';
import { crossingOf } from '../../subgraphs/crossing.ts';
import { systems } from '../../subgraphs/index.ts';
import { prepared } from '../../subgraphs/store.ts';
import type { WireRequest } from '../../subgraphs/wire.ts';
import { ended, leasesEnd, processOf } from '../coordination/engine.ts';

export { ended };

/** The three sandboxes behind their own participants, and processes over them that go no further than a test lets them. */
export interface Stage {
  readonly db: Db;
  readonly identity: Identity;
  readonly store: Workflows;
  system(name: string, request: WireRequest): Promise<unknown>;
  /** An account in the CRM, known to the register; the id of its customer. */
  account(body: Readonly<Record<string, unknown>>): Promise<string>;
  /** Starts to onboard a customer; the id of the workflow. */
  start(entityId: string, values?: Values): Promise<string>;
  /** Starts to let one customer live on as another, as somebody who may do everything. */
  merge(survivorId: string, otherId: string, order?: Partial<MergeOrder>): Promise<Started>;
  /** Starts to make a customer its own again. */
  unmerge(customerId: string): Promise<Started>;
  view(id: string): Promise<Workflow<Memory>>;
  /** With everything that was told of it. */
  workflows(id: string): Promise<WorkflowView | null>;
  /** What the systems themselves wrote down of their records of a customer: `erp_business_partner insert`. */
  history(entityId: string): Promise<readonly string[]>;
  process(given?: Given): Process;
  /** The leases of whoever has ended run out. */
  leasesEnd(): Promise<void>;
}

export interface Given {
  readonly at?: (boundary: Boundary) => void | Promise<void>;
  /** The same of the writes that it carries out. */
  readonly atWrite?: (boundary: WriteBoundary) => void | Promise<void>;
  readonly happened?: (workflow: Workflow, event: WorkflowEvent | OwnEvent) => void | Promise<void>;
  readonly matches?: (self: string) => Promise<readonly Match[]>;
}

export interface Process {
  /** Carries on workflows and writes until nothing is left that goes on by itself. */
  carryOn(): Promise<void>;
}

/** A request of somebody who may do everything. */
export const asTester = () =>
  requestContext({
    timeout: 10_000,
    signal: AbortSignal.timeout(10_000),
    principal: { subject: 'tester', scopes: new Set(['*']) },
  });

export async function openStage(db: Db): Promise<Stage> {
  const { identity, fingerprint } = await prepared(db);
  const migrations = fileURLToPath(new URL('../../coordination/migrations/', import.meta.url));
  await migrate(db, await loadMigrations([migrations]));
  const sandboxes = systems.map(({ sandbox }) => sandbox(db));
  const participants = systems.map((system, i) => {
    const guard = createGuard({
      ...{ system: system.name, concurrency: 10, queue: 10, attempts: 1 },
      breaker: { failures: 1_000, openFor: 10 },
    });
    const wire = sandboxes[i]?.wire;
    if (!wire) throw new Error('a system has a sandbox');
    const crossing = crossingOf(identity, system.system);
    const { resolvers } = system.open(wire, { guard, crossing, fingerprint, site: null });
    const schema = buildSubgraph(contractOf(system.name).sdl, resolvers);
    return participantOf(system.system, localSubgraph(system.name, schema));
  });
  const bySystem = new Map(participants.map((one) => [one.system, one]));
  const store = storeIn({ db, worker: randomUUID(), lease: 60_000 });
  const reads = readsIn(db);

  const look = () => undefined;
  const merges = mergesIn({ db, participants: bySystem, identity, store, reads, callTimeout: 5_000, look });
  const unmerge = unmergeIn({ db, identity, store, reads, look });

  const stage: Stage = {
    db,
    identity,
    store,
    async system(name, request) {
      const sandbox = sandboxes.find((one) => one.name === name);
      const answer = await sandbox?.wire(request, {
        correlationId: 'sales',
        signal: AbortSignal.timeout(10_000),
      });
      if (!answer || answer.status >= 300) throw new Error(JSON.stringify(answer?.body));
      return answer.body;
    },
    async account(body) {
      const path = '/services/data/v1/sobjects/Account';
      const { Id: key } = (await stage.system('crm', { method: 'POST', path, body })) as { Id: string };
      const [id = ''] = await identity.register.enrol([{ records: [{ system: 'CRM', key }], facts: {} }]);
      return id;
    },
    async start(entityId, values = {}) {
      const key = randomUUID();
      const draft = draftOf({
        ...{ entity: 'Customer', entityId, values, subject: 'tester', key, hash: '', requestedBy: 'tester' },
        ...{ reason: null, correlationId: 'test', traceparent: null },
      });
      await store.start(draft, [begun(draft)]);
      return draft.id;
    },
    merge: (survivorId, otherId, order = {}) =>
      merges.merge(
        { survivorId, otherId, chosen: {}, planHash: null, reason: 'a test', key: randomUUID(), ...order },
        asTester(),
      ),
    unmerge: (customerId) => unmerge({ customerId, reason: 'a test', key: randomUUID() }, asTester()),
    workflows: (id) => reads.view(id),
    async view(id) {
      const view = await reads.view(id);
      if (!view) throw new Error('no such workflow');
      return view as unknown as Workflow<Memory>;
    },
    async history(entityId) {
      const rows = await db.query<{ line: string }>(
        `select h.entity || ' ' || h.kind as line from sandbox_history h
         where h.key in (select key from identity_crosswalk where customer_id = $1) order by h.seq`,
        [entityId],
      );
      return rows.map(({ line }) => line);
    },
    process({ at = () => undefined, atWrite, happened, matches = () => Promise.resolve([]) } = {}) {
      const writer = processOf(db, participants, atWrite);
      const own = storeIn({ db, worker: randomUUID(), lease: 60_000 });
      const engine = { journal: writer.journal, records: recordsIn(db), worker: { look: () => undefined } };
      const told: Promise<void>[] = [];
      const options = {
        ...{ db, store: own, at, pause: () => 0 },
        kinds: carriedBy(
          onboardingIn({
            participants: bySystem,
            matches: {
              matches: (_, self) => matches(self),
              untried: (ids: readonly string[]) => reads.untried(ids),
            },
            identity,
            reference: embeddedReference,
            callTimeout: 5_000,
          }),
          mergingIn({ db, participants: bySystem, identity, callTimeout: 5_000 }),
          unmergingIn({ db, identity }),
          erasingIn({
            ...{ db, identity, callTimeout: 5_000 },
            guard: guardIn({ db, identity, participants: bySystem }),
          }),
        ),
        act: actIn({ participants: bySystem, writes: writesIn(engine), callTimeout: 5_000 }),
        happened: (workflow: Workflow, event: WorkflowEvent | OwnEvent) => {
          const done = happened?.(workflow, event);
          if (done) told.push(done);
        },
      };
      return {
        async carryOn() {
          for (;;) {
            await writer.carryOn();
            const claimed = await own.claim(10);
            for (const held of claimed) await drive(held, options);
            await Promise.all(told.splice(0));
            if (claimed.length === 0) return;
          }
        },
      };
    },
    async leasesEnd() {
      await leasesEnd(db);
      await db.query(`update coordination_workflow set due = clock_timestamp() where worker is not null`);
    },
  };
  return stage;
}
