import { fileURLToPath } from 'node:url';
import type { Boundary } from '../../coordination/drive.ts';
import type { receipts } from '../../coordination/receipt.ts';
import type { RecordedWrite, WriteView } from '../../coordination/coordination.ts';
import { requestContext } from '../../runtime/context.ts';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { localSubgraph, type Subgraph } from '../../runtime/executor.ts';
import { createGuard } from '../../runtime/guard.ts';
import { createHttp } from '../../runtime/http.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { createMetrics } from '../../runtime/telemetry.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import { contractOf } from '../../schema/load.ts';
import { crossingOf, type Crossing } from '../../subgraphs/crossing.ts';
import { httpWire } from '../../subgraphs/http-wire.ts';
import { systems } from '../../subgraphs/index.ts';
import { openStore, type Store } from '../../subgraphs/store.ts';
import type { Claim } from './claims.ts';
import { storeConfig, type WorkerOrder } from './messages.ts';
import { lameQueues } from '../coordination/queues.ts';
import { plantInSource, plantInStore } from './mutants.ts';
import { openOnboarding, writesOfWorkflows } from './onboarding.ts';
import { serveSubject, type Failpoint, type Subject } from './subject.ts';

/** Milliseconds that a client waits for its write to be carried out. */
const patience = 4000;
/** Writes of one page. */
const page = 100;

/** The subgraphs of the systems of record, whose owners are elsewhere. */
function subgraphsOver(
  owners: string,
  { identity, fingerprint }: Store,
  failpoint: Failpoint,
): readonly (readonly [SystemName, Subgraph])[] {
  const { send } = createHttp();
  return systems.map(({ name, system, open }) => {
    const guard = createGuard({
      system: name,
      concurrency: 16,
      queue: 64,
      breaker: { failures: 5, openFor: 500 },
      attempts: 2,
    });
    const crossing = interrupted(crossingOf(identity, system), failpoint);
    const { resolvers } = open(httpWire(name, `${owners}/${name}`, send), {
      ...{ guard, crossing, fingerprint },
      site: null,
    });
    const schema = buildSubgraph(contractOf(name).sdl, resolvers);
    return [system, localSubgraph(name, schema)] as const;
  });
}

/** Between an owner's effect and the register's there is a place at which a process may end. */
function interrupted(crossing: Crossing, failpoint: Failpoint): Crossing {
  return {
    ...crossing,
    async link(...of) {
      await failpoint('made');
      await crossing.link(...of);
    },
    async unlink(...of) {
      await failpoint('taken away');
      await crossing.unlink(...of);
    },
  };
}

/** A worker of the product's own coordination layer. */
async function openGoverned(order: WorkerOrder, failpoint: Failpoint): Promise<Subject> {
  const { owners, store, lease, mutant } = order;
  const isPlanted = plantInSource(mutant);
  // Nothing of it before the mutant is planted in it.
  const { openCoordination, coordinationMigrations, participantOf } =
    await import('../../coordination/index.ts');
  const { receipts } = await import('../../coordination/receipt.ts');
  const opened = await openStore(storeConfig(store), () => undefined);
  const { db, identity, fingerprint } = opened;
  await migrate(db, await loadMigrations([fileURLToPath(coordinationMigrations)]));
  await plantInStore(mutant, db);
  const participants = new Map(
    subgraphsOver(owners, opened, failpoint).map(([system, subgraph]) => [
      system,
      participantOf(system, subgraph),
    ]),
  );
  const failed = (error: unknown) =>
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const { coordination, engine } = await openCoordination(
    {
      db,
      identity,
      fingerprint,
      participants,
      metrics: createMetrics(),
      failed,
    },
    {
      lease,
      callTimeout: lease / 4,
      concurrency: 16,
      interval: 100,
      watching: 250,
      attempts: 12,
      pauses: [50, 1000],
    },
    (boundary: Boundary) => failpoint(boundary),
  );
  const admitting = await openOnboarding({
    ...{ db, identity, engine, participants, lease, failpoint, failed },
  });
  isPlanted();
  const context = (timeout: number) => requestContext({ timeout, signal: AbortSignal.timeout(timeout) });

  return {
    ...admitting,
    async enrol(enrolments) {
      await identity.register.enrol(enrolments);
    },

    async submit({ customer, key, changes, mode, wait }) {
      const asked = {
        entity: 'Customer',
        entityId: customer,
        changes,
        mode,
        wait,
        idempotencyKey: key,
      } as const;
      const usual = {
        expect: [],
        reason: null,
        planHash: null,
        deadline: null,
        lane: 'INTERACTIVE',
      } as const;
      const { write, refusals } = await coordination.update({ ...asked, ...usual }, context(patience));
      return write ? { id: write.id } : { refusals: refusals.map(({ code }) => code) };
    },

    async open() {
      const [row] = await db.query<{ count: number }>(
        `select count(*)::int as count from coordination_write
         where state in ('AWAITING_APPROVAL', 'PENDING', 'RUNNING', 'COMPENSATING')`,
      );
      return row?.count ?? 0;
    },

    lame: async () => (await lameQueues(db)).map(({ queue }) => queue),

    async claims() {
      const places = await placesIn(db);
      const others = new Set((await writesOfWorkflows(db)).map(({ id }) => id));
      const claims: Claim[] = [];
      let after: string | null = null;
      do {
        const { writes, hasNextPage } = await coordination.writes(
          {},
          { first: page, after },
          context(60_000),
        );
        const own = writes.filter(({ id }) => !others.has(id));
        claims.push(...own.flatMap((write) => claimsOf(write, places, receipts)));
        after = hasNextPage ? (writes.at(-1)?.id ?? null) : null;
      } while (after !== null);
      return claims;
    },
  };
}

type Place = Pick<Claim, 'queue' | 'number'>;

/** Where each write stood in which queue, by its id. */
async function placesIn(db: Db): Promise<ReadonlyMap<string, Place>> {
  const rows = await db.query<{ id: string; queue: string; number: string | null }>(
    'select id, queue, number from coordination_write',
  );
  return new Map(rows.map(({ id, queue, number }) => [id, { queue, number: Number(number) }]));
}

/** A write and its copies, in the words in which their callers are told of them. */
function claimsOf(
  write: WriteView,
  places: ReadonlyMap<string, Place>,
  told: typeof receipts,
): readonly Claim[] {
  const claim = (one: RecordedWrite, copyOf: string | null): Claim => ({
    ...(places.get(one.id) ?? { queue: '', number: NaN }),
    id: one.id,
    copyOf,
    mode: one.mode,
    state: one.state,
    receipts: told(one, []).map(({ attribute, owner, copyTo, outcome, versionBefore, versionAfter }) => ({
      ...{ attribute, system: copyTo ?? owner, outcome, versionBefore, versionAfter },
    })),
  });
  return [claim(write, null), ...write.copies.map((copy) => claim(copy, write.id))];
}

await serveSubject(openGoverned);
