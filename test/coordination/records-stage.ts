import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { Boundary } from '../../coordination/drive.ts';
import { orderedDraft, type OrderedStep } from '../../coordination/ordered.ts';
import { participantOf } from '../../coordination/participants.ts';
import type { Step } from '../../coordination/write.ts';
import { intakeOf, logIn } from '../../events/index.ts';
import { sequenceBatch } from '../../events/sequencer.ts';
import { localSubgraph } from '../../runtime/executor.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import { contractOf } from '../../schema/load.ts';
import { crossingOf } from '../../subgraphs/crossing.ts';
import { systems } from '../../subgraphs/index.ts';
import { prepared } from '../../subgraphs/store.ts';
import { allOf } from '../events/stage.ts';
import type { OpenStore } from '../support/store.ts';
import { ended, leasesEnd, migrated, processOf, stored } from './engine.ts';

/** What each system is to be told of a new customer; the ERP and the billing system with their copies. */
export const told = {
  CRM: { name: 'Acme Freight GmbH', lifecycleStatus: 'ONBOARDING', segment: 'ENTERPRISE' },
  ERP: {
    name: 'Acme Freight GmbH',
    legalEntity: {
      ...{ registeredName: 'Acme Freight GmbH', lei: null, country: 'DE' },
      ...{ registrationNumber: 'HRB 1', legalForm: 'GmbH' },
    },
    taxRegistrations: [{ country: 'DE', kind: 'VAT', number: 'DE136695976', validFrom: null, validTo: null }],
    paymentTerms: { code: 'N014' },
    billingAddress: { lines: ['Hafen 1'], city: 'Hamburg', region: null, postalCode: '20457', country: 'DE' },
  },
  BILLING: {
    name: 'Acme Freight GmbH',
    billingCurrency: 'EUR',
    invoiceDelivery: { channel: 'EMAIL', email: 'invoices@acme.example' },
  },
} as const;

export const make = (system: keyof typeof told, changes: object = told[system]): OrderedStep => ({
  system,
  kind: 'CREATE',
  changes: changes as OrderedStep['changes'],
});

/** The real systems over a store, with the register, the journal and the change feed, and nobody who carries anything out. */
export async function openRecords(open: OpenStore) {
  const { db, identity, fingerprint } = await prepared(await open());
  await migrated(db);
  const sandboxes = new Map(systems.map(({ system, sandbox }) => [system, sandbox(db)]));
  const opened = systems.map(({ name, system, open: openOne }) => {
    const wire = sandboxes.get(system)?.wire;
    if (!wire) throw new Error(`no sandbox ${name}`);
    const guard = <T>(context: { signal: AbortSignal }, run: (signal: AbortSignal) => Promise<T>) =>
      run(context.signal);
    const crossing = crossingOf(identity, system);
    return openOne(wire, { fingerprint, guard, crossing, site: null });
  });
  const participants = opened.map(({ name, system, resolvers }) =>
    participantOf(system, localSubgraph(name, buildSubgraph(contractOf(name).sdl, resolvers))),
  );
  const places = new Map<SystemName, string>();
  const intake = intakeOf({ entity: 'Customer', busy: () => Promise.resolve(new Set()) });
  const { signal } = new AbortController();

  const sequence = () => sequenceBatch({ db, tagged: [], batch: 1000, reread: () => Promise.resolve() });

  return {
    ...{ db, identity, sandboxes, sequence },
    /** Everybody's feed is read to its end, and what it tells is told. */
    async follow() {
      for (const { feed, system } of opened) {
        const since = (await logIn(db).head()).position;
        for (let more = true; more;) {
          const page = await feed.changes(places.get(system) ?? null, signal);
          await db.transaction(async (tx) => {
            const changes = await identity.absorb(tx, system, page.changed);
            await intake(tx, { system, source: 'FEED', since, changes });
          });
          places.set(system, page.next);
          more = page.more;
        }
      }
      await sequence();
    },
    /** A write of these steps, carried out to its end; `at` may end the process, and another one takes over. */
    async carryOut(
      steps: readonly OrderedStep[],
      entityId: string = v7(),
      at: (boundary: Boundary) => void | Promise<void> = () => undefined,
    ) {
      const draft = orderedDraft({
        ...{ entity: 'Customer', entityId, mode: 'ALL', lane: 'ONBOARDING', steps },
        ...{ subject: 'tests', key: randomUUID(), requestedBy: 'tests', reason: null },
        ...{ correlationId: 'test', traceparent: null },
      });
      const first = processOf(db, participants, at);
      const accepted = await first.journal.accept(draft, null, true);
      const held = 'held' in accepted ? accepted.held : null;
      await first.carryOn(held).catch((error: unknown) => {
        if (error !== ended) throw error;
      });
      await leasesEnd(db);
      await processOf(db, participants).carryOn();
      const { state, steps: after } = await stored(db, draft.id);
      await sequence();
      return { id: draft.id, entityId, state, steps: after as unknown as readonly Step[] };
    },
    /** The systems' keys of a customer that are linked now. */
    async links(entityId: string) {
      const found = (await identity.crosswalk.registrations([entityId])).get(entityId);
      return (found?.records ?? []).map(({ system, key }) => `${system} ${key}`).sort();
    },
    /** What the systems' own log says was done for a customer's records. */
    history: (keys: readonly string[]) =>
      db.query<{ kind: string; key: string; wire_key: string | null }>(
        'select kind, key, wire_key from sandbox_history where key = any($1) order by seq',
        [keys],
      ),
    changes: async (entityId: string) =>
      (await allOf(logIn(db))).filter((change) => change.entityId === entityId),
  };
}
