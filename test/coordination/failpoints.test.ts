import { beforeAll, describe, expect, test } from '@jest/globals';
import { boundaries, type Boundary } from '../../coordination/drive.ts';
import type { Mode } from '../../coordination/write.ts';
import type { Db } from '../../runtime/db/index.ts';
import { withStores } from '../support/store.ts';
import { draftOf, ended, leasesEnd, migrated, processOf, stored } from './engine.ts';
import { ownerOf, type Effect, type Owner } from './owner.ts';

const changes = { name: 'new', industry: 'new', paymentTerms: 'new', provisioningId: 'new' };

interface World {
  readonly crm: Owner;
  readonly erp: Owner;
  readonly billing: Owner;
  readonly log: readonly Effect[];
  readonly all: readonly Owner[];
}

function world(): World {
  const log: Effect[] = [];
  const crm = ownerOf('CRM', 'conditional', log);
  const erp = ownerOf('ERP', 'conditional', log);
  const billing = ownerOf('BILLING', 'keyed', log);
  return { crm, erp, billing, log, all: [crm, erp, billing] };
}

/** Ways in which a write may go, so that every boundary is met. */
const courses: Readonly<Record<string, { mode: Mode; prepare: (world: World) => void; ends: string }>> = {
  'all goes well': { mode: 'ALL', prepare: () => undefined, ends: 'SUCCEEDED' },
  'all goes well, each for itself': { mode: 'EACH', prepare: () => undefined, ends: 'SUCCEEDED' },
  'an answer is lost, once for each owner': {
    mode: 'ALL',
    prepare({ all }) {
      for (const owner of all) {
        owner.faults.after = () => {
          owner.faults.after = undefined;
          return { status: 'UNKNOWN', code: 'SYSTEM_UNAVAILABLE', message: 'cut' };
        };
      }
    },
    ends: 'SUCCEEDED',
  },
  'the last owner refuses, and the others are undone': {
    mode: 'ALL',
    prepare({ billing }) {
      billing.faults.before = () => ({
        status: 'REFUSED',
        causes: [{ code: 'INVALID_VALUE', message: 'no' }],
      });
    },
    ends: 'FAILED',
  },
  'an owner puts it off once': {
    mode: 'EACH',
    prepare({ erp }) {
      erp.faults.before = () => {
        erp.faults.before = undefined;
        return { status: 'LATER', code: 'RATE_LIMITED', message: 'slow down' };
      };
    },
    ends: 'SUCCEEDED',
  },
};

/** Effects that count: of owners' values, without those of copies. */
function check({ log, crm, erp, billing }: World, entityId: string, id: string, ends: string): void {
  const own = log.filter(({ wireKey }) => wireKey.startsWith(id));
  const keys = own.map(({ wireKey }) => wireKey);
  expect(new Set(keys).size).toBe(keys.length);
  const values = { ...crm.record(entityId), ...erp.record(entityId), ...billing.record(entityId) };
  if (ends === 'SUCCEEDED') {
    expect(keys.toSorted()).toEqual([`${id}.0.0`, `${id}.1.0`, `${id}.2.0`].toSorted());
    expect(values).toMatchObject(changes);
  } else {
    expect(Object.values(values).filter((value) => value !== null)).toEqual([]);
  }
}

/** The change feed is told of every effect once, of what was undone included; a copy has none on what its system owns. */
async function checkTold(
  db: Db,
  { log }: World,
  { id, entityId }: ReturnType<typeof draftOf>,
): Promise<void> {
  const told = await db.query<{ system: string; written: string[]; version: string }>(
    `select draft ->> 'system' as system, draft -> 'written' as written, draft ->> 'version' as version
     from events_outbox where draft ->> 'entityId' = $1 order by id`,
    [entityId],
  );
  const effects = log.map(({ system, wireKey, values }) =>
    JSON.stringify([system, wireKey.startsWith(id) ? Object.keys(values).sort() : []]),
  );
  expect(told.map(({ system, written }) => JSON.stringify([system, written.sort()])).sort()).toEqual(
    effects.sort(),
  );
  const made = new Set(log.map(({ system, version }) => `${system} ${version}`));
  for (const { system, version } of told) expect(made).toContain(`${system} ${version}`);
}

withStores((open) => {
  let db: Db;
  beforeAll(async () => {
    db = await migrated(await open());
  });

  describe.each(Object.entries(courses))('when %s', (_, { mode, prepare, ends }) => {
    /** Where a process passes on this course, in order. */
    async function passed(): Promise<readonly Boundary[]> {
      const seen: Boundary[] = [];
      const there = world();
      prepare(there);
      const one = processOf(db, there.all, (boundary) => void seen.push(boundary));
      const draft = draftOf(changes, { mode });
      const accepted = await one.journal.accept(draft, null, true);
      await one.carryOn('held' in accepted ? accepted.held : null);
      expect((await stored(db, draft.id)).state).toBe(ends);
      check(there, draft.entityId, draft.id, ends);
      await checkTold(db, there, draft);
      return seen;
    }

    test('a process that ends at any boundary loses, repeats and tears nothing, and tells of each effect once', async () => {
      const places = await passed();
      for (let n = 0; n <= places.length; n++) {
        const there = world();
        prepare(there);
        let left = n;
        const dying = processOf(db, there.all, () => {
          if (left-- === 0) throw ended;
        });
        const draft = draftOf(changes, { mode });
        const accepted = await dying.journal.accept(draft, null, true);
        await dying.carryOn('held' in accepted ? accepted.held : null).catch((error: unknown) => {
          if (error !== ended) throw error;
        });
        await leasesEnd(db);
        await processOf(db, there.all).carryOn();
        expect({ n, state: (await stored(db, draft.id)).state }).toEqual({ n, state: ends });
        check(there, draft.entityId, draft.id, ends);
        await checkTold(db, there, draft);
      }
    });

    test('a process that wakes up after another has taken over changes nothing', async () => {
      const places = await passed();
      for (let n = 0; n < places.length; n++) {
        const there = world();
        prepare(there);
        const asleep = Promise.withResolvers<undefined>();
        const wake = Promise.withResolvers<undefined>();
        let left = n;
        const zombie = processOf(db, there.all, () => {
          if (left-- !== 0) return undefined;
          asleep.resolve(undefined);
          return wake.promise;
        });
        const draft = draftOf(changes, { mode });
        const accepted = await zombie.journal.accept(draft, null, true);
        const done = zombie.carryOn('held' in accepted ? accepted.held : null);
        await Promise.race([asleep.promise, done]);
        await leasesEnd(db);
        await processOf(db, there.all).carryOn();
        const before = await stored(db, draft.id);
        wake.resolve(undefined);
        await done;
        expect({ n, ...(await stored(db, draft.id)) }).toEqual({ n, ...before });
        expect({ n, state: before.state }).toEqual({ n, state: ends });
        check(there, draft.entityId, draft.id, ends);
        await checkTold(db, there, draft);
      }
    });
  });

  test('every boundary is met on one of the courses', async () => {
    const seen = new Set<Boundary>();
    for (const { mode, prepare } of Object.values(courses)) {
      const there = world();
      prepare(there);
      const one = processOf(db, there.all, (boundary) => void seen.add(boundary));
      const accepted = await one.journal.accept(draftOf(changes, { mode }), null, true);
      await one.carryOn('held' in accepted ? accepted.held : null);
    }
    expect([...seen].sort()).toEqual(boundaries.filter((one) => one !== 'accepted').sort());
  });
});
