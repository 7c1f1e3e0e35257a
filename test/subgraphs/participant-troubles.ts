import { describe, expect, test } from '@jest/globals';
import type { Bench } from './connector-bench.ts';
import { total } from './connector-reads.ts';
import { idOf, participantOf, type Part } from './participant-bench.ts';

/** What a participant makes of a system in trouble: it never says more than it knows. */
export function stumbles<R extends object, Rows extends object>(
  bench: () => Bench<R, Rows>,
  part: Part,
): void {
  /** A customer, a change to it that needs one call, and the order for it. */
  async function ready() {
    const made = await bench().create();
    const [attribute = ''] = Object.keys(part.wanted('')).filter((name) => name !== part.names?.attribute);
    const changes = { [attribute]: part.wanted('')[attribute] };
    const order = { wireKey: `trouble ${made.key}`, ifVersion: made.version };
    await bench().mark();
    return { id: idOf(made.key), key: made.key, attribute, changes, order };
  }

  describe('taking part in trouble', () => {
    test('a limited rate is LATER, and the next order waits without a call', async () => {
      const { faults, effects, sandbox } = bench();
      const { id, changes, order } = await ready();
      const { apply } = participantOf(bench());
      faults({ kind: 'throttle', retryAfter: 300 });
      expect(await apply(id, changes, order)).toMatchObject({
        ...{ status: 'LATER', code: 'RATE_LIMITED', retryAfter: 300 },
      });
      sandbox.resetCalls();
      const next = await apply(id, changes, order);
      expect(next).toMatchObject({ status: 'LATER', code: 'RATE_LIMITED' });
      expect(next.retryAfter).toBeGreaterThan(0);
      expect(total(sandbox.calls())).toBe(0);
      expect(await effects()).toEqual([]);
    });

    test('a system that answers that it is down is UNKNOWN; once it is left alone, LATER', async () => {
      const { faults, effects, sandbox } = bench();
      const { id, changes, order } = await ready();
      const { apply } = participantOf(bench());
      faults({ kind: 'unavailable', retryAfter: 3 });
      const down = { status: 'UNKNOWN', code: 'SYSTEM_UNAVAILABLE', retryAfter: 3 };
      expect(await apply(id, changes, order)).toMatchObject(down);
      expect(await apply(id, changes, order)).toMatchObject(down);
      sandbox.resetCalls();
      expect(await apply(id, changes, order)).toMatchObject({ status: 'LATER', code: 'SYSTEM_UNAVAILABLE' });
      expect(total(sandbox.calls())).toBe(0);
      expect(await effects()).toEqual([]);
    });

    test('a lost answer is UNKNOWN, and an examination tells that it had its effect', async () => {
      const { faults, effects } = bench();
      const { id, key, attribute, changes, order } = await ready();
      const { examine, apply } = participantOf(bench());
      faults({ kind: 'lostAnswer', times: 1 });
      expect(await apply(id, changes, order)).toMatchObject({
        status: 'UNKNOWN',
        code: 'SYSTEM_UNAVAILABLE',
      });
      const { found } = await examine(id, changes);
      expect(found?.same).toEqual([attribute]);
      expect(found?.version).not.toBe(order.ifVersion);
      expect(await effects()).toEqual([`UPDATE ${key}`]);
    });

    test('an order that nobody waits for any more is UNKNOWN, and an examination tells that it had no effect', async () => {
      const { faults, effects, sandbox } = bench();
      const { id, changes, order } = await ready();
      const { examine, apply } = participantOf(bench());
      faults({ kind: 'blackHole', times: 1 });
      sandbox.resetCalls();
      const gone = new AbortController();
      const applying = apply(id, changes, { ...order, signal: gone.signal });
      while (total(sandbox.calls()) === 0) await new Promise(setImmediate);
      gone.abort();
      expect(await applying).toMatchObject({ status: 'UNKNOWN' });
      expect((await examine(id, changes)).found).toMatchObject({ version: order.ifVersion, same: [] });
      expect(await effects()).toEqual([]);
    });

    test('an order whose time is up before it is sent is LATER', async () => {
      const { sandbox } = bench();
      const { id, changes, order } = await ready();
      sandbox.resetCalls();
      const outcome = await participantOf(bench()).apply(id, changes, { ...order, timeout: 0 });
      expect(outcome).toMatchObject({ status: 'LATER', code: 'DEADLINE_EXCEEDED' });
      expect(total(sandbox.calls())).toBe(0);
    });

    test('a version that went stale on the way is STALE, where versions are checked', async () => {
      const { faults, connector } = bench();
      const { id, changes, order } = await ready();
      faults({ kind: 'staleVersion' });
      const { status } = await participantOf(bench()).apply(id, changes, order);
      expect(status).toBe(connector.capabilities.conditionalWrite === 'none' ? 'APPLIED' : 'STALE');
    });

    test.each([
      ['throttle', { code: 'RATE_LIMITED', retryAfter: 7 }],
      ['unavailable', { code: 'SYSTEM_UNAVAILABLE', retryAfter: 7 }],
      ['lostAnswer', { code: 'SYSTEM_UNAVAILABLE' }],
    ] as const)(
      'an examination under %s says why the record could not be read',
      async (kind, unreachable) => {
        const { faults } = bench();
        const { id, changes } = await ready();
        faults({ kind, retryAfter: 7 });
        const examined = await participantOf(bench()).examine(id, changes, { validate: true });
        expect(examined).toMatchObject({ guarantee: 'EFFECTIVELY_ONCE', found: null, unreachable });
      },
    );
  });
}
