import { describe, expect, test } from '@jest/globals';
import type { Bench } from './connector-bench.ts';

const writers = 20;

/** What a connector promises of writing. Effects are counted in the system's own log. */
export function writes<R extends object, Rows extends object>(bench: () => Bench<R, Rows>): void {
  describe('writing', () => {
    test('a write is read back at once, and gives the record as it then is', async () => {
      const { connector, subject, create, next, call } = bench();
      const made = await create();
      const change = subject.change(next());
      const changed = await connector.update(made.key, change, {}, call);
      expect(changed.record).toEqual({ ...made.record, ...change });
      expect(changed.version).not.toBe(made.version);
      const names = Object.keys(changed.record) as (keyof R & string)[];
      expect((await connector.read([made.key], names, call)).get(made.key)).toEqual(changed);
    });

    test('null clears a field and leaves the others', async () => {
      const { connector, subject, create, call } = bench();
      const { key, record } = await create();
      expect(record[subject.clearable] ?? null).not.toBeNull();
      const cleared = { [subject.clearable]: null } as Partial<R>;
      const changed = await connector.update(key, cleared, {}, call);
      expect(changed.record).toEqual({ ...record, ...cleared });
    });

    test('what the system refuses has no effect, and names the field', async () => {
      const { connector, subject, create, effects, mark, next, call } = bench();
      const { key } = await create();
      await mark();
      const refusal = {
        code: 'INVALID_VALUE',
        extensions: { system: subject.system.name, field: Object.keys(subject.refused)[0] },
      };
      await expect(connector.update(key, subject.refused, {}, call)).rejects.toMatchObject(refusal);
      const draft = { ...subject.draft(next()), ...subject.refused };
      await expect(connector.create(draft, {}, call)).rejects.toMatchObject(refusal);
      const unknown = { nobodyHasSuchAField: 'x' } as unknown as Partial<R>;
      await expect(connector.update(key, unknown, {}, call)).rejects.toMatchObject({ code: 'INVALID_VALUE' });
      expect(await effects()).toEqual([]);
    });

    test('a dry run tells all that a change would be refused for, without an effect', async () => {
      const { connector, subject, create, effects, mark, next, call } = bench();
      if (!connector.validate) return;
      const { key } = await create();
      await mark();
      expect(await connector.validate(key, subject.change(next()), call)).toEqual([]);
      const told = await connector.validate(key, subject.refused, call);
      expect(told.map(({ code }) => code)).toEqual(told.map(() => 'INVALID_VALUE'));
      const fields = new Set(told.map(({ field }) => field?.split('/')[0]));
      expect([...fields]).toEqual(Object.keys(subject.refused));
      const nowhere = subject.unknownKey(next());
      expect(await connector.validate(nowhere, subject.change(next()), call)).toMatchObject([
        { code: 'NOT_FOUND' },
      ]);
      expect(await effects()).toEqual([]);
    });

    test('a record that is not there cannot be changed', async () => {
      const { connector, subject, next, call } = bench();
      const changing = connector.update(subject.unknownKey(next()), subject.change(1), {}, call);
      await expect(changing).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('conditional writes are what the connector says of them', async () => {
      const { connector, subject, create, effects, mark, next, call } = bench();
      const { key, version } = await create();
      await mark();
      const outcomes = await Promise.allSettled(
        Array.from({ length: writers }, () =>
          connector.update(key, subject.change(next()), { ifVersion: version }, call),
        ),
      );
      const won = outcomes.filter(({ status }) => status === 'fulfilled').length;
      const codes = outcomes.flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []));
      const applied = (await effects()).filter((effect) => effect === `UPDATE ${key}`).length;
      expect(applied).toBe(won);
      switch (connector.capabilities.conditionalWrite) {
        case 'atomic':
          expect(won).toBe(1);
          expect(new Set(codes)).toEqual(new Set(['CONFLICT']));
          break;
        case 'advisory':
          expect(won).toBeGreaterThan(0);
          await expect(
            connector.update(key, subject.change(next()), { ifVersion: version }, call),
          ).rejects.toMatchObject({ code: 'CONFLICT' });
          break;
        case 'none':
          expect(won).toBe(writers);
      }
    });

    test('a create that is repeated makes one record', async () => {
      const { connector, subject, effects, mark, next, call } = bench();
      const { by } = connector.capabilities.idempotency;
      if (by === 'none') return;
      const n = next();
      const options = { wireKey: `create-${n}` };
      await mark();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () => connector.create(subject.draft(n), options, call)),
      );
      const [again] = await Promise.allSettled([connector.create(subject.draft(n), options, call)]);
      const made = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.key] : []));
      const codes = outcomes.flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []));
      expect(new Set(made).size).toBe(1);
      expect(await effects()).toEqual([`CREATE ${made[0]}`]);
      if (by === 'externalId') {
        expect(new Set(codes)).toEqual(new Set(['DUPLICATE']));
        expect(again).toMatchObject({ status: 'rejected', reason: { code: 'DUPLICATE' } });
      } else {
        // One that comes while the first still runs is told to come again.
        expect(codes.filter((code) => code !== 'SYSTEM_UNAVAILABLE')).toEqual([]);
        expect(again).toMatchObject({ status: 'fulfilled', value: { key: made[0] } });
      }
      expect((await connector.find(subject.externalId(n), call))?.key).toBe(made[0]);
    });

    test('under an idempotency key a change is made once, and another one refused', async () => {
      const { connector, subject, create, effects, mark, next, call } = bench();
      if (connector.capabilities.idempotency.by !== 'key') return;
      const { key } = await create();
      const [change, other] = [subject.change(next()), subject.change(next())];
      const options = { wireKey: `update-${next()}` };
      await mark();
      const first = await connector.update(key, change, options, call);
      expect(await connector.update(key, change, options, call)).toEqual(first);
      await expect(connector.update(key, other, options, call)).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
      expect(await effects()).toEqual([`UPDATE ${key}`]);
    });
  });
}

function codeOf(reason: unknown): unknown {
  return typeof reason === 'object' && reason !== null && 'code' in reason ? reason.code : reason;
}
