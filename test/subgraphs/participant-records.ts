import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../runtime/failure.ts';
import type { Bench } from './connector-bench.ts';
import { idOf, participantOf, type Part } from './participant-bench.ts';

/** What coordination may rely on where a record is to be made, or taken away. Effects are counted in the system's own log. */
export function presents<R extends object, Rows extends object>(
  bench: () => Bench<R, Rows>,
  part: Part,
): void {
  /** A customer that the system does not have, what to make its record of, and the order for it. */
  async function ready() {
    const { create, mark, next, subject } = bench();
    const other = await create();
    const n = next();
    const id = subject.externalId(n);
    const values = { ...part.wanted(idOf(other.key)), ...part.copied, ...part.fixed };
    await mark();
    return { n, id, values, order: { kind: 'CREATE' as const, wireKey: `make ${id}`, ifVersion: null } };
  }
  const kind = 'CREATE' as const;

  describe('making and taking away a record', () => {
    test('it is made once, of all that was said, and belongs to its customer from then on', async () => {
      const { effects } = bench();
      const { id, values, order } = await ready();
      const { examine, apply, told, refersTo, links } = participantOf(bench());
      const before = await examine(id, values, { kind, validate: true });
      expect(before).toMatchObject({ guarantee: 'EFFECTIVELY_ONCE', found: null, refusals: [] });
      expect(await effects()).toEqual([]);
      const made = await apply(id, values, order);
      expect(made).toMatchObject({ status: 'APPLIED', causes: null });
      const key = made.record?.key ?? '';
      expect(await effects()).toEqual([`CREATE ${key}`]);
      expect(links.get(id)).toBe(key);
      expect(made.record?.fingerprints).toEqual(await told(key));
      expect(await refersTo(key)).toEqual({ system: 'IDENTITY', key: id });
      const { found } = await examine(id, values, { kind });
      expect(found).toMatchObject({ version: made.version, record: { key }, refusals: [] });
      expect([...(found?.same ?? [])].sort()).toEqual(Object.keys(values).sort());
    });

    test('all that is missing is told at once, where the system can be asked, and nothing is made', async () => {
      const { connector, effects } = bench();
      const { id, order } = await ready();
      const { examine, apply } = participantOf(bench());
      const { refusals } = await examine(id, {}, { kind, validate: true });
      const missing = connector.validateNew ? part.missing : [];
      expect((refusals ?? []).map(({ attribute }) => attribute).sort()).toEqual([...missing].sort());
      expect(await apply(id, {}, order)).toMatchObject({ status: 'REFUSED', causes: [{}] });
      expect(await effects()).toEqual([]);
    });

    test('one that was made a moment before an end is found, and the register is told of it', async () => {
      const { connector, subject, call, effects } = bench();
      const { n, id, values } = await ready();
      const { examine, links } = participantOf(bench());
      const made = await connector.create(subject.draft(n), {}, call);
      expect(links.get(id)).toBeUndefined();
      const { found } = await examine(id, values, { kind, restore: {} });
      expect(found).toMatchObject({ version: made.version, record: { key: made.key } });
      expect(links.get(id)).toBe(made.key);
      expect(await effects()).toEqual([`CREATE ${made.key}`]);
    });

    test('a lost answer, or a register that is down, is UNKNOWN; another look finds what was made', async () => {
      for (const trouble of ['lost', 'down']) {
        const { faults, effects } = bench();
        const { id, values, order } = await ready();
        const { examine, apply, links, fail } = participantOf(bench());
        if (trouble === 'lost') faults({ kind: 'lostAnswer', times: 1 });
        else fail(new Failure('STORE_UNAVAILABLE', 'The store is down.'));
        expect(await apply(id, values, order)).toMatchObject({ status: 'UNKNOWN' });
        fail(null);
        const { found } = await examine(id, values, { kind, restore: {} });
        const key = found?.record?.key ?? '';
        expect(links.get(id)).toBe(key);
        expect(await effects()).toEqual([`CREATE ${key}`]);
      }
    });

    test('made twice it is one record, wherever the system can see to it', async () => {
      const { connector, effects } = bench();
      const { id, values, order } = await ready();
      const { apply } = participantOf(bench());
      const first = await apply(id, values, order);
      const second = await apply(id, values, order);
      if (connector.capabilities.idempotency.by === 'key') expect(second).toEqual(first);
      else expect(second.status).toBe('STALE');
      expect(await effects()).toEqual([`CREATE ${first.record?.key}`]);
    });

    test('it is taken away once, and only as it was made', async () => {
      const { connector, subject, effects, mark, next, call } = bench();
      const { id, values, order } = await ready();
      const { examine, apply, links } = participantOf(bench());
      const made = await apply(id, values, order);
      const key = made.record?.key ?? '';
      const away = { kind: 'WITHDRAW' as const, wireKey: `away ${id}`, ifVersion: made.version };
      await connector.update(key, subject.change(next()), {}, call);
      await mark();
      expect((await apply(id, {}, away)).status).toBe('STALE');
      expect(await effects()).toEqual([]);
      const { found } = await examine(id, {}, { kind: 'WITHDRAW' });
      const again = { ...away, ifVersion: found?.version ?? '' };
      expect(await apply(id, {}, again)).toMatchObject({
        ...{ status: 'APPLIED', version: null, values: {} },
        record: { key, fingerprints: null },
      });
      expect((await effects()).length).toBe(1);
      expect(links.get(id)).toBeUndefined();
      expect((await examine(id, {}, { kind: 'WITHDRAW' })).found).toBeNull();
      expect((await apply(id, {}, again)).status).toBe('STALE');
      expect((await effects()).length).toBe(1);
    });

    test('one that was taken away a moment before an end is nobody’s any more', async () => {
      const { connector, call } = bench();
      const { id, values, order } = await ready();
      const { examine, apply, links } = participantOf(bench());
      const made = await apply(id, values, order);
      await connector.withdraw(made.record?.key ?? '', {}, call);
      expect((await examine(id, {}, { kind: 'WITHDRAW' })).found).toBeNull();
      expect(links.get(id)).toBeUndefined();
    });
  });
}
