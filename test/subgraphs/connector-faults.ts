import { describe, expect, test } from '@jest/globals';
import type { Bench } from './connector-bench.ts';
import { total } from './connector-reads.ts';

/** What a connector makes of a system in trouble: one code each, and never an effect more. */
export function troubles<R extends object, Rows extends object>(bench: () => Bench<R, Rows>): void {
  describe('in trouble', () => {
    test('a system that limits the rate is RATE_LIMITED, with the seconds to wait', async () => {
      const { connector, subject, create, faults, effects, mark, next, call } = bench();
      const { key } = await create();
      await mark();
      faults({ kind: 'throttle', retryAfter: 7 });
      const limited = { code: 'RATE_LIMITED', extensions: { system: subject.system.name, retryAfter: 7 } };
      await expect(connector.read([key], [subject.clearable], call)).rejects.toMatchObject(limited);
      await expect(connector.update(key, subject.change(next()), {}, call)).rejects.toMatchObject(limited);
      await expect(connector.changes(null, call)).rejects.toMatchObject(limited);
      await expect(connector.find(subject.externalId(next()), call)).rejects.toMatchObject(limited);
      const dry = connector.validate?.(key, subject.change(next()), call);
      if (dry) await expect(dry).rejects.toMatchObject(limited);
      expect(await effects()).toEqual([]);
    });

    test('a system that is down is SYSTEM_UNAVAILABLE, with the seconds to wait', async () => {
      const { connector, subject, create, faults, effects, mark, next, call } = bench();
      const { key } = await create();
      await mark();
      faults({ kind: 'unavailable', retryAfter: 3 });
      const down = { code: 'SYSTEM_UNAVAILABLE', extensions: { system: subject.system.name, retryAfter: 3 } };
      await expect(connector.read([key], [subject.clearable], call)).rejects.toMatchObject(down);
      await expect(connector.create(subject.draft(next()), {}, call)).rejects.toMatchObject(down);
      expect(await effects()).toEqual([]);
    });

    test.each(['blackHole', 'latency'] as const)('%s ends with the caller', async (kind) => {
      const { connector, subject, create, faults } = bench();
      const { key } = await create();
      faults({ kind, delay: 600_000 });
      const gone = new AbortController();
      const reading = connector.read([key], [subject.clearable], {
        correlationId: 'test',
        signal: gone.signal,
      });
      setImmediate(() => {
        gone.abort();
      });
      await expect(reading).rejects.toMatchObject({
        code: 'SYSTEM_UNAVAILABLE',
        extensions: { system: subject.system.name },
      });
    });

    test('a slow answer is an answer', async () => {
      const { connector, subject, create, faults, call } = bench();
      const { key } = await create();
      faults({ kind: 'latency', delay: 20 });
      expect((await connector.read([key], [subject.clearable], call)).has(key)).toBe(true);
    });

    test('a version that went stale on the way is a CONFLICT, where versions are checked', async () => {
      const { connector, subject, create, faults, next, call } = bench();
      const { key, version } = await create();
      faults({ kind: 'staleVersion' });
      const writing = connector.update(key, subject.change(next()), { ifVersion: version }, call);
      if (connector.capabilities.conditionalWrite === 'none') await expect(writing).resolves.toBeDefined();
      else await expect(writing).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    test('a create whose answer is lost has one effect after all', async () => {
      const { connector, subject, faults, effects, mark, next, call } = bench();
      const n = next();
      const options = { wireKey: `lost-${n}` };
      await mark();
      faults({ kind: 'lostAnswer', times: 1 });
      const creating = connector.create(subject.draft(n), options, call);
      await expect(creating).rejects.toMatchObject({ code: 'SYSTEM_UNAVAILABLE' });
      const [repeated] = await Promise.allSettled([connector.create(subject.draft(n), options, call)]);
      const found = await connector.find(subject.externalId(n), call);
      expect(await effects()).toEqual([`CREATE ${found?.key}`]);
      if (connector.capabilities.idempotency.by === 'key') {
        expect(repeated).toEqual({ status: 'fulfilled', value: found });
      }
    });

    test('a change whose answer is lost has one effect after all', async () => {
      const { connector, subject, create, faults, effects, mark, next, call } = bench();
      const { key, version, record } = await create();
      const change = subject.change(next());
      const options = { wireKey: `lost-${next()}`, ifVersion: version };
      await mark();
      faults({ kind: 'lostAnswer', times: 1 });
      await expect(connector.update(key, change, options, call)).rejects.toMatchObject({
        code: 'SYSTEM_UNAVAILABLE',
      });
      const [repeated] = await Promise.allSettled([connector.update(key, change, options, call)]);
      if (connector.capabilities.conditionalWrite !== 'none') {
        expect(repeated).toMatchObject({ status: 'rejected', reason: { code: 'CONFLICT' } });
      }
      expect(await effects()).toEqual([`UPDATE ${key}`]);
      const names = Object.keys(record) as (keyof R & string)[];
      expect((await connector.read([key], names, call)).get(key)?.record).toEqual({ ...record, ...change });
    });

    test('a change may come to pass after its connection has ended', async () => {
      const { connector, subject, create, faults, effects, mark, next, call } = bench();
      const { key, version, record } = await create();
      const change = subject.change(next());
      await mark();
      faults({ kind: 'lateEffect', times: 1, delay: 50 });
      await expect(
        connector.update(key, change, { wireKey: `late-${next()}`, ifVersion: version }, call),
      ).rejects.toMatchObject({ code: 'SYSTEM_UNAVAILABLE' });
      while ((await effects()).length === 0) await new Promise(setImmediate);
      expect(await effects()).toEqual([`UPDATE ${key}`]);
      const names = Object.keys(record) as (keyof R & string)[];
      expect((await connector.read([key], names, call)).get(key)?.record).toEqual({ ...record, ...change });
    });

    test('a write is one call to the system', async () => {
      const { connector, subject, sandbox, create, next, call } = bench();
      const { key } = await create();
      sandbox.resetCalls();
      await connector.update(key, subject.change(next()), {}, call);
      expect(total(sandbox.calls())).toBe(1);
    });
  });
}
