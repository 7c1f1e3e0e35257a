import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { auditMigrations, type AuditEntry } from '../../audit/index.ts';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { startContinuing, type Continue } from '../../steward/continue.ts';
import { close, raise, stewardMigrations, type Item, type Kind, type Outcome } from '../../steward/index.ts';
import { counts, find, page } from '../../steward/items.ts';
import { offers } from '../../steward/kinds.ts';
import { queueIn } from '../../steward/queue.ts';
import { by } from '../coordination/stage.ts';
import { withStores } from '../support/store.ts';

const who = (subject: string) => by(subject, ['customer:steward', 'customer:steward:approve']);
const [ann, bob] = [who('ann'), who('bob')];
const [one, other] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'];
const duplicate: Item = {
  ...{ kind: 'POSSIBLE_DUPLICATE', key: `${one} ${other}`, entity: 'Customer', entityIds: [one, other] },
  ...{ sides: [{ customer: one }, { customer: other }], evidence: { score: ['0.91'] } },
};
const unknown = (key: string): Item => ({
  ...{ kind: 'UNKNOWN_RECORD', key: `ERP:${key}`, entity: 'Customer', entityIds: [] },
  ...{ sides: [{ system: 'ERP', key }], evidence: { source: ['WEBHOOK'] } },
});
const ignore = { decision: 'IGNORE', customer: null, reason: 'a test record' } as const;
const done: Outcome = { status: 'DONE' };

withStores((open) => {
  let db: Db;
  beforeAll(async () => {
    db = await open();
    await migrate(
      db,
      await loadMigrations([auditMigrations, stewardMigrations].map((url) => fileURLToPath(url))),
    );
  });
  beforeEach(() => db.script('truncate steward_item, steward_decision, audit_pending'));

  const queue = () => queueIn({ db, rowsOf: () => null, told: () => Promise.resolve() });
  const codes = (told: { refusals: readonly { code: string }[] }) => told.refusals.map(({ code }) => code);
  /** A process that continues; it ends with the test. */
  const continuing = async <T>(
    proceed: Continue,
    work: (look: () => Promise<void>, failures: readonly unknown[]) => Promise<T>,
  ): Promise<T> => {
    const failures: unknown[] = [];
    const process = await startContinuing({
      ...{ db, continuations: { UNKNOWN_RECORD: proceed }, interval: 3_600_000 },
      failed: (error) => failures.push(error),
    });
    return work(process.look, failures).finally(() => process.stop());
  };
  const decideOn = async (key: string) => {
    const { id } = await raise(db, unknown(key));
    expect(codes(await queue().decide(id, ignore, key, ann))).toEqual([]);
    return id;
  };
  const stateOf = async (id: string) => (await find(db, id))?.state;

  test('the store knows exactly the kinds that there are', async () => {
    const rows = await db.query<{ kind: Kind }>('select kind from steward_kind');
    expect(rows.map(({ kind }) => kind).sort()).toEqual(Object.keys(offers).sort());
    await expect(raise(db, { ...duplicate, kind: 'OTHER' as Kind })).rejects.toThrow();
  });

  test('however many raise the same thing at once, one item is open; closed, the next one is another', async () => {
    const raised = await Promise.all(Array.from({ length: 8 }, () => raise(db, duplicate)));
    expect(raised.filter((each) => each.raised)).toHaveLength(1);
    expect(new Set(raised.map(({ id }) => id)).size).toBe(1);
    expect(await close(db, 'POSSIBLE_DUPLICATE', duplicate.key, 'MERGED')).toBe(true);
    expect(await close(db, 'POSSIBLE_DUPLICATE', duplicate.key, 'MERGED')).toBe(false);
    const next = await raise(db, duplicate);
    expect(next).toMatchObject({ raised: true });
    expect(next.id > (raised[0]?.id ?? '')).toBe(true);
    expect(await find(db, raised[0]?.id ?? '')).toMatchObject({
      state: 'CLOSED',
      history: [{ event: 'CLOSED', code: 'MERGED', by: null }],
    });
  });

  test('what is not committed was not raised, and what is being closed meanwhile is raised anew', async () => {
    await db
      .transaction(async (tx) => {
        await raise(tx, duplicate);
        throw new Error('its cause did not happen');
      })
      .catch(() => undefined);
    expect(await counts(db)).toEqual([]);
    const first = await raise(db, duplicate);
    const [closed, mayCommit] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const closing = db.transaction(async (tx) => {
      await close(tx, 'POSSIBLE_DUPLICATE', duplicate.key, 'MERGED');
      closed.resolve(undefined);
      await mayCommit.promise;
    });
    await closed.promise;
    const raising = raise(db, duplicate);
    // Until it waits for the transaction; the embedded store has one at a time anyway.
    const waits = async () =>
      db.kind === 'pglite' || (await db.query('select from pg_locks where not granted')).length > 0;
    while (!(await waits()));
    mayCommit.resolve(undefined);
    await closing;
    const second = await raising;
    expect(second).toMatchObject({ raised: true });
    expect(second.id).not.toBe(first.id);
  });

  test('two stewards at once: one decides, the other is told that it is decided', async () => {
    const { id } = await raise(db, unknown('1'));
    const told = await Promise.all(
      [ann, bob, ann, bob].map((person, n) => queue().decide(id, ignore, String(n), person)),
    );
    expect(told.filter(({ refusals }) => refusals.length === 0)).toHaveLength(1);
    for (const each of told.filter(({ refusals }) => refusals.length > 0))
      expect(codes(each)).toEqual(['ALREADY_DECIDED']);
    expect((await find(db, id))?.history).toHaveLength(1);
  });

  test('the same key is one decision however often it comes; with another body, or about another item, it is refused', async () => {
    const { id } = await raise(db, unknown('1'));
    const { id: second } = await raise(db, unknown('2'));
    const told = await Promise.all(Array.from({ length: 4 }, () => queue().decide(id, ignore, 'k', ann)));
    expect(told.flatMap(codes)).toEqual([]);
    expect(told.filter(({ replayed }) => replayed)).toHaveLength(3);
    expect((await find(db, id))?.history).toHaveLength(1);
    const again = { ...ignore, reason: 'another' };
    expect(codes(await queue().decide(id, again, 'k', ann))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect(codes(await queue().decide(second, ignore, 'k', ann))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect(codes(await queue().decide(second, ignore, 'k', bob))).toEqual([]);
    // What is refused leaves the key free.
    const third = await raise(db, unknown('3'));
    expect(codes(await queue().decide(third.id, { ...ignore, decision: 'SAME' }, 'l', ann))).toEqual([
      'NOT_OFFERED',
    ]);
    expect(codes(await queue().decide(third.id, ignore, 'l', ann))).toEqual([]);
  });

  test('a decision for two people is continued once the second one agrees, and not before', async () => {
    const { id } = await raise(db, duplicate);
    const seen: string[] = [];
    const process = await startContinuing({
      ...{ db, interval: 3_600_000, failed: (error) => seen.push(String(error)) },
      continuations: {
        POSSIBLE_DUPLICATE: ({ decision, by, approvedBy, item }) => {
          seen.push([decision, by, approvedBy, item.key].join());
          return Promise.resolve(done);
        },
      },
    });
    const asked = { decision: 'SAME', customer: null, reason: 'same registration' } as const;
    expect((await queue().decide(id, asked, 'k', ann)).item?.state).toBe('PROPOSED');
    await process.look();
    expect(codes(await queue().approve(id, ann))).toEqual(['SAME_PERSON']);
    expect(await queue().decline(id, null, by('eve', []))).toMatchObject({
      ...{ item: null, refusals: [{ code: 'NOT_PERMITTED' }] },
    });
    expect(codes(await queue().decline(id, null, bob))).toEqual([]);
    expect(codes(await queue().approve(id, bob))).toEqual(['NOT_PROPOSED']);
    expect(codes(await queue().decide(id, asked, 'l', ann))).toEqual([]);
    expect(seen).toEqual([]);
    expect(codes(await queue().approve(id, bob))).toEqual([]);
    await process.look();
    expect(seen).toEqual([`SAME,ann,bob,${duplicate.key}`]);
    // What was refused has no effect, and so no entry.
    const rows = await db.query<{ entry: AuditEntry }>('select entry from audit_pending order by 1');
    const told = rows.map(({ entry: { actor, operation, outcome } }) =>
      [actor, operation, outcome].join(' '),
    );
    expect(told.sort()).toEqual([
      'ann decideWorkItem SAME',
      'ann decideWorkItem SAME',
      'bob approveDecision APPROVE',
      'bob declineDecision DECLINE',
    ]);
    expect(rows[0]?.entry).toMatchObject({ action: 'DECISION', receipt: { kind: 'WORK_ITEM', id } });
    expect(await find(db, id)).toMatchObject({ state: 'CLOSED', decision: { approvedBy: 'bob' } });
    await process.stop();
  });

  test('what cannot be continued now is tried again, and what cannot be done at all is open again', async () => {
    const id = await decideOn('1');
    const outcomes = [new Error('the store is away'), done];
    await continuing(
      () => {
        const next = outcomes.shift();
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next ?? done);
      },
      async (look, failures) => {
        await look();
        expect(failures).toHaveLength(1);
        expect(await stateOf(id)).toBe('DECIDED');
        await db.query('update steward_item set continue_at = clock_timestamp()');
        await look();
        expect(await stateOf(id)).toBe('CLOSED');
      },
    );
    const refused = await decideOn('2');
    const refusal: Outcome = { status: 'REFUSED', code: 'GONE', message: 'It is gone.' };
    await continuing(
      () => Promise.resolve(refusal),
      async (look) => look(),
    );
    expect(await find(db, refused)).toMatchObject({
      ...{ state: 'OPEN', decision: null, assignee: 'ann' },
      history: [{ event: 'DECIDED' }, { event: 'REFUSED', code: 'GONE', reason: 'It is gone.' }],
    });
  });

  test('a process that ends while it continues is taken over, and what it says too late changes nothing', async () => {
    const id = await decideOn('1');
    const [begun, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<Outcome>()];
    const late = continuing(
      () => {
        begun.resolve(undefined);
        return gate.promise;
      },
      (look) => look(),
    );
    await begun.promise;
    await continuing(
      () => Promise.resolve(done),
      async (look) => {
        await look();
        // Nobody else has it while it is held.
        expect(await stateOf(id)).toBe('DECIDED');
        await db.query('update steward_item set continue_at = clock_timestamp()');
        await look();
      },
    );
    expect(await stateOf(id)).toBe('CLOSED');
    gate.resolve({ status: 'REFUSED', code: 'LATE', message: 'Too late.' });
    await late;
    expect(await find(db, id)).toMatchObject({
      state: 'CLOSED',
      history: [{ event: 'DECIDED' }, { code: 'DONE' }],
    });
  });

  test('those that are due first come first, page by page, and nothing is missed or told twice', async () => {
    for (let n = 0; n < 5; n++) {
      await raise(db, unknown(String(n)));
      // The embedded store's clock goes by milliseconds: within one they are in no order that a test can tell.
      await setTimeout(2);
    }
    await raise(db, duplicate);
    await raise(db, { ...unknown('6'), kind: 'DEAD_LETTER', entityIds: [one] });
    await close(db, 'UNKNOWN_RECORD', 'ERP:4', 'KNOWN');
    const all = await page(db, {}, { most: 100, after: null });
    expect(all.map(({ key }) => key)).toEqual(['ERP:6', 'ERP:0', 'ERP:1', 'ERP:2', 'ERP:3', duplicate.key]);
    const paged: string[] = [];
    for (let after = null as (typeof all)[number] | null; ;) {
      const rows = await page(db, {}, { most: 2, after });
      paged.push(...rows.slice(0, 2).map(({ key }) => key));
      if (rows.length < 3) break;
      after = rows[1] ?? null;
    }
    expect(paged).toEqual(all.map(({ key }) => key));
    const count = async (filter: Parameters<typeof page>[1]) =>
      (await page(db, filter, { most: 100, after: null })).length;
    await queue().assign(all[0]?.id ?? '', { assignee: 'ann', takeOver: false }, ann);
    expect({
      closed: await count({ states: ['CLOSED'] }),
      kind: await count({ kinds: ['UNKNOWN_RECORD', 'DEAD_LETTER'] }),
      about: await count({ entityIds: [one] }),
      mine: await count({ assignee: 'ann' }),
      free: await count({ unassigned: true }),
      due: await count({ dueBefore: all[1]?.dueAt ?? '' }),
    }).toEqual({ closed: 1, kind: 5, about: 2, mine: 1, free: 5, due: 1 });
    expect(await counts(db)).toMatchObject([
      { kind: 'DEAD_LETTER', open: 1, overdue: 0 },
      { kind: 'POSSIBLE_DUPLICATE', open: 1, overdue: 0 },
      { kind: 'UNKNOWN_RECORD', open: 4, overdue: 0 },
    ]);
  });
});
