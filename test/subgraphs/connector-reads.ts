import { describe, expect, test } from '@jest/globals';
import { requestContext } from '../../runtime/context.ts';
import type { ListPage } from '../../subgraphs/connector.ts';
import { createReader } from '../../subgraphs/reader.ts';
import type { Bench } from './connector-bench.ts';

/** What a connector promises of reading. */
export function reads<R extends object, Rows extends object>(bench: () => Bench<R, Rows>): void {
  describe('reading', () => {
    test('results come by key, whatever the order; a key without a record is left out', async () => {
      const { connector, subject, create, call } = bench();
      const made = [await create(), await create(), await create()];
      const unknown = [subject.unknownKey(1), subject.unknownKey(2)];
      const keys = [unknown[0] ?? '', ...made.map(({ key }) => key).reverse(), unknown[1] ?? ''];
      const found = await connector.read(keys, [subject.clearable], call);
      expect([...found.keys()].sort()).toEqual(made.map(({ key }) => key).sort());
      for (const { key, version, record } of made) {
        expect(found.get(key)).toMatchObject({ key, version });
        expect(found.get(key)?.record[subject.clearable]).toEqual(record[subject.clearable]);
      }
      expect((await connector.read(unknown, [subject.clearable], call)).size).toBe(0);
    });

    test('only the fields that were asked for come, and the version without any', async () => {
      const { connector, subject, create, call } = bench();
      const { key, version, updatedAt } = await create();
      const some = await connector.read([key], [subject.clearable], call);
      expect(Object.keys(some.get(key)?.record ?? {})).toEqual([subject.clearable]);
      const none = await connector.read([key], [], call);
      expect(none.get(key)).toEqual({ key, version, updatedAt, record: {} });
    });

    test('times are instants in UTC', async () => {
      const { updatedAt } = await bench().create();
      expect(updatedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      expect(Math.abs(Date.parse(updatedAt) - Date.now())).toBeLessThan(600_000);
    });

    test('as many keys as it declares are one call; a reader cuts more into several', async () => {
      const { connector, subject, sandbox, create, call } = bench();
      const { key } = await create();
      const size = connector.capabilities.batchSize;
      const keys = [key, ...Array.from({ length: size }, (_, i) => subject.unknownKey(i))];
      sandbox.resetCalls();
      expect([...(await connector.read(keys.slice(0, size), [subject.clearable], call)).keys()]).toEqual([
        key,
      ]);
      expect(total(sandbox.calls())).toBe(1);

      const reader = createReader({
        system: subject.system.name,
        connector,
        guard: (context, run) => run(context.signal),
      });
      const context = requestContext({ timeout: 60_000, signal: call.signal });
      sandbox.resetCalls();
      const found = await Promise.all(
        keys.map((one) => reader.record(context, { key: one, fields: [subject.clearable], signature: '' })),
      );
      expect(found.map((one) => one?.key)).toEqual([key, ...Array<undefined>(size).fill(undefined)]);
      expect(total(sandbox.calls())).toBe(2);
    });

    test('a record is found by its external id, another id gives null', async () => {
      const { connector, subject, next, call } = bench();
      const n = next();
      const made = await connector.create(subject.draft(n), {}, call);
      expect(await connector.find(subject.externalId(n), call)).toEqual(made);
      expect(await connector.find(subject.externalId(next()), call)).toBeNull();
    });

    test('every list gives each row once, in pages, for all parents in one call', async () => {
      const { connector, db, subject, sandbox, create, call } = bench();
      for (const { kind, fill, where, meets } of subject.lists) {
        const [rich, other, bare] = [await create(), await create(), await create()].map(({ key }) => key);
        if (rich === undefined || other === undefined || bare === undefined)
          throw new Error('three were made');
        await fill(db, [rich, other], 7);
        sandbox.resetCalls();
        const seen: Record<string, unknown[]> = { [rich]: [], [other]: [] };
        for (let after: string | null = null, page = 0; page < 4; page++) {
          const parents = [bare, rich, other];
          const pages: ReadonlyMap<string, ListPage<Rows[typeof kind]>> = await connector.list(
            kind,
            { parents, first: 3, after, where: {} },
            call,
          );
          expect(pages.get(bare)?.total ?? 0).toBe(0);
          const one = pages.get(rich);
          expect(one?.total).toBe(7);
          expect(one?.hasNext).toBe(page < 2);
          seen[rich]?.push(...(one?.rows ?? []).map(({ row }) => JSON.stringify(row)));
          after = one?.rows.at(-1)?.position ?? after;
        }
        expect(total(sandbox.calls())).toBe(4);
        expect(seen[rich]).toHaveLength(7);
        expect(new Set(seen[rich]).size).toBe(7);

        const request = { parents: [other], first: 100, after: null, where };
        const met = (await connector.list(kind, request, call)).get(other);
        expect(met?.rows).toHaveLength(meets(7));
        expect(met?.total).toBe(meets(7));
      }
    });
  });
}

/** Calls that a sandbox counted, of whatever kind. */
export function total(calls: Readonly<Record<string, number>>): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}
