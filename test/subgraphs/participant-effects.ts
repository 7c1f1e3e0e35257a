import { describe, expect, test } from '@jest/globals';
import { attributes } from '../../schema/generated/contracts.ts';
import { alike } from '../../subgraphs/alike.ts';
import type { Versioned } from '../../subgraphs/connector.ts';
import type { Bench } from './connector-bench.ts';
import { total } from './connector-reads.ts';
import { idOf, nobody, participantOf, type Part, type Values } from './participant-bench.ts';

/** What an examination says, and what an order does. Effects are counted in the system's own log. */
export function participates<R extends object, Rows extends object>(
  bench: () => Bench<R, Rows>,
  part: Part,
): void {
  /** A record as the system has it now, whole. */
  const now = async ({ key, record }: Versioned<R>): Promise<Partial<R>> => {
    const { connector, call } = bench();
    const fields = Object.keys(record) as (keyof R & string)[];
    return (await connector.read([key], fields, call)).get(key)?.record ?? {};
  };
  const sorted = (names: Iterable<string>) => [...names].sort();

  describe('taking part', () => {
    test('every attribute that the system owns or copies can be written, and the suite writes each', () => {
      const { system } = bench().subject.system;
      const all = Object.values(attributes.Customer).flatMap((one) => ('write' in one ? [one] : []));
      const owned = all.filter(({ owner }) => owner === system).map(({ name }) => name);
      const copied = all.filter(({ write }) => (write.copiedTo as readonly string[]).includes(system));
      expect(sorted(Object.keys(part.wanted('')))).toEqual(sorted(owned));
      expect(sorted(Object.keys(part.copied))).toEqual(sorted(copied.map(({ name }) => name)));
    });

    test('an examination says what is there and what is wanted already, without an effect', async () => {
      const { create, effects, mark, connector } = bench();
      const [made, other] = [await create(), await create()];
      await mark();
      const { examine } = participantOf(bench());
      const wanted = part.wanted(idOf(other.key));
      const { found, ...able } = await examine(idOf(made.key), wanted, { validate: true });
      const conditional = connector.capabilities.conditionalWrite === 'atomic';
      const keyed = connector.capabilities.idempotency.by === 'key';
      const once = { guarantee: 'EFFECTIVELY_ONCE', unreachable: null, refusals: null };
      expect(able).toEqual({ ...once, conditional, keyed });
      expect(found).toMatchObject({ version: made.version, same: [], restored: false, refusals: [] });
      expect(sorted(Object.keys(found?.values ?? {}))).toEqual(sorted(Object.keys(wanted)));
      const again = await examine(idOf(made.key), {}, { restore: found?.restore ?? {} });
      expect(again.found).toMatchObject({ same: [], restored: true });
      expect(await effects()).toEqual([]);
    });

    test('an order changes the record once, under its key, and only what it names', async () => {
      const { create, effects, mark, db, subject } = bench();
      const [made, other] = [await create(), await create()];
      const before = await now(made);
      await mark();
      const { examine, apply, told } = participantOf(bench());
      const wanted = part.wanted(idOf(other.key));
      const touched = (await examine(idOf(made.key), wanted)).found?.restore ?? {};
      const wireKey = `once ${made.key}`;
      const applied = await apply(idOf(made.key), wanted, { wireKey, ifVersion: made.version });
      expect(applied).toMatchObject({
        status: 'APPLIED',
        causes: null,
        code: null,
        record: { key: made.key },
      });
      // The same as its feed will tell, so that what was written is not taken for somebody else's change.
      expect(applied.record?.fingerprints).toEqual(await told(made.key));
      const looked = await examine(idOf(made.key), wanted, { restore: touched });
      expect(looked.found).toMatchObject({ record: applied.record, restored: false });
      expect(await effects()).toEqual([`UPDATE ${made.key}`]);
      const [logged] = await db.query<{ body: object }>(
        'select body from sandbox_history where entity = $1 and wire_key = $2',
        [subject.table, wireKey],
      );
      expect(logged).toBeDefined();
      const after = await examine(idOf(made.key), wanted);
      expect(after.found).toMatchObject({ version: applied.version, values: applied.values });
      expect(sorted(after.found?.same ?? [])).toEqual(sorted(Object.keys(wanted)));
      for (const [name, value] of Object.entries(wanted))
        expect(covers(after.found?.values[name], value)).toBe(true);
      const rest = (record: object) =>
        Object.entries(record).filter(([name]) => !(name in touched) && !name.startsWith('to_PaymentTerms'));
      expect(rest(await now(made))).toEqual(rest(before));
    });

    test('an undo puts everything back as it was, to the last field', async () => {
      const { create, effects, mark } = bench();
      const [made, other] = [await create(), await create()];
      const before = await now(made);
      await mark();
      const { examine, apply } = participantOf(bench());
      const [id, wanted] = [idOf(made.key), part.wanted(idOf(other.key))];
      const { found } = await examine(id, wanted);
      const restore = found?.restore ?? {};
      const applied = await apply(id, wanted, { wireKey: `do ${id}`, ifVersion: made.version });
      expect((await examine(id, wanted, { restore })).found?.restored).toBe(false);
      const undone = await apply(id, wanted, {
        ...{ wireKey: `undo ${id}`, ifVersion: applied.version ?? '' },
        restore,
      });
      expect(undone).toMatchObject({ status: 'APPLIED', values: found?.values });
      expect(await now(made)).toEqual(before);
      expect((await examine(id, wanted, { restore })).found?.restored).toBe(true);
      expect(await effects()).toEqual([`UPDATE ${made.key}`, `UPDATE ${made.key}`]);
    });

    test("an undo never writes over somebody else's change", async () => {
      const { create, effects, mark, connector, subject, next, call } = bench();
      const [made, other] = [await create(), await create()];
      const { examine, apply } = participantOf(bench());
      const [id, wanted] = [idOf(made.key), part.wanted(idOf(other.key))];
      const restore = (await examine(id, wanted)).found?.restore ?? {};
      const applied = await apply(id, wanted, { wireKey: `do ${id}`, ifVersion: made.version });
      await connector.update(made.key, subject.change(next()), {}, call);
      await mark();
      const undone = await apply(id, wanted, {
        ...{ wireKey: `undo ${id}`, ifVersion: applied.version ?? '' },
        restore,
      });
      expect(undone.status).toBe('STALE');
      expect(await effects()).toEqual([]);
    });

    test('the same order twice has one effect, wherever the system can see to it', async () => {
      const { create, effects, mark, connector } = bench();
      const [made, other] = [await create(), await create()];
      await mark();
      const { apply } = participantOf(bench());
      const order = { wireKey: `twice ${made.key}`, ifVersion: made.version };
      const wanted = part.wanted(idOf(other.key));
      const first = await apply(idOf(made.key), wanted, order);
      const second = await apply(idOf(made.key), wanted, order);
      expect(first.status).toBe('APPLIED');
      if (connector.capabilities.idempotency.by === 'key') expect(second).toEqual(first);
      else expect(second.status).toBe('STALE');
      expect(await effects()).toEqual([`UPDATE ${made.key}`]);
    });

    test('a record that changed meanwhile is left alone, where writes can be bound to a version', async () => {
      const { create, effects, mark, connector, subject, next, call } = bench();
      const [made, other] = [await create(), await create()];
      await connector.update(made.key, subject.change(next()), {}, call);
      await mark();
      const order = { wireKey: `late ${made.key}`, ifVersion: made.version };
      const { status } = await participantOf(bench()).apply(
        idOf(made.key),
        part.wanted(idOf(other.key)),
        order,
      );
      const bound = connector.capabilities.conditionalWrite !== 'none';
      expect(status).toBe(bound ? 'STALE' : 'APPLIED');
      expect(await effects()).toEqual(bound ? [] : [`UPDATE ${made.key}`]);
    });

    test('null clears, and what is null already is wanted already', async () => {
      const { create } = bench();
      const made = await create();
      const { examine, apply } = participantOf(bench());
      const clearable = Object.keys(part.wanted('')).filter((name) => name !== 'name');
      const nulls = Object.fromEntries(clearable.map((name) => [name, null]));
      const order = { wireKey: `clear ${made.key}`, ifVersion: made.version };
      expect(await apply(idOf(made.key), nulls, order)).toMatchObject({ status: 'APPLIED' });
      const { found } = await examine(idOf(made.key), nulls);
      expect(sorted(found?.same ?? [])).toEqual(sorted(clearable));
    });

    test('what the system refuses is told for each attribute, all at once, and has no effect', async () => {
      const { create, effects, mark, connector } = bench();
      const made = await create();
      await mark();
      const { examine, apply } = participantOf(bench());
      const { found } = await examine(idOf(made.key), part.refused, { validate: true });
      const named = sorted(new Set(found?.refusals.map(({ attribute }) => String(attribute))));
      expect(named).toEqual(connector.validate ? sorted(Object.keys(part.refused)) : []);
      for (const [attribute, value] of Object.entries(part.refused)) {
        const order = { wireKey: `bad ${attribute} ${made.key}`, ifVersion: made.version };
        const refused = await apply(idOf(made.key), { [attribute]: value }, order);
        expect(refused).toMatchObject({ status: 'REFUSED', causes: [{ code: 'INVALID_VALUE', attribute }] });
      }
      expect(await effects()).toEqual([]);
    });

    test('copies are kept like values of its own', async () => {
      const names = Object.keys(part.copied);
      if (names.length === 0) return;
      const { create, effects, mark } = bench();
      const made = await create();
      await mark();
      const { examine, apply } = participantOf(bench());
      const [id, kind] = [idOf(made.key), 'COPY' as const];
      const { found } = await examine(id, part.copied, { kind, validate: true });
      expect(found).toMatchObject({ same: [], refusals: [] });
      const order = { kind, wireKey: `copy ${made.key}`, ifVersion: made.version };
      expect(await apply(id, part.copied, order)).toMatchObject({ status: 'APPLIED', values: part.copied });
      expect(sorted((await examine(id, part.copied, { kind })).found?.same ?? [])).toEqual(sorted(names));
      expect(await effects()).toEqual([`UPDATE ${made.key}`]);
      const owned = await apply(id, part.copied, { wireKey: 'x', ifVersion: made.version });
      expect(owned.status).toBe('REFUSED');
    });

    test('other customers are named by their ids here and by its own keys there', async () => {
      if (!part.names) return;
      const { attribute, field } = part.names;
      const { create, db, subject } = bench();
      const [made, other] = [await create(), await create()];
      const { examine, apply } = participantOf(bench());
      const [id, order] = [idOf(made.key), { wireKey: `name ${made.key}`, ifVersion: made.version }];
      const change = (of: string): Values => ({ [attribute]: part.wanted(of)[attribute] });
      const strange = (await examine(id, change(nobody))).found?.refusals;
      expect(strange).toMatchObject([{ code: 'UNKNOWN_TO_OWNER', attribute }]);
      expect(await apply(id, change(nobody), order)).toMatchObject({ status: 'REFUSED', causes: strange });
      const applied = await apply(id, change(idOf(other.key)), order);
      expect(JSON.stringify(applied.values)).toContain(JSON.stringify(idOf(other.key)));
      const [logged] = await db.query<{ body: Record<string, unknown> }>(
        'select body from sandbox_history where entity = $1 and wire_key = $2',
        [subject.table, order.wireKey],
      );
      expect(logged?.body[field]).toBe(other.key);
    });

    test('without a record there is nothing to examine, and nothing to change', async () => {
      const { create, subject, next, effects, mark } = bench();
      const other = await create();
      await mark();
      const { examine, apply } = participantOf(bench());
      const wanted = part.wanted(idOf(other.key));
      for (const id of [nobody, idOf(subject.unknownKey(next()))]) {
        expect(await examine(id, wanted)).toMatchObject({ unreachable: null, found: null });
        const outcome = await apply(id, wanted, { wireKey: 'none', ifVersion: '1' });
        expect(outcome).toMatchObject({ status: 'REFUSED', causes: [{ code: 'NOT_FOUND' }] });
      }
      expect(await effects()).toEqual([]);
    });

    test('an order without anything to change is refused', async () => {
      const { create } = bench();
      const made = await create();
      const { apply } = participantOf(bench());
      const outcome = await apply(idOf(made.key), {}, { wireKey: 'empty', ifVersion: made.version });
      expect(outcome).toMatchObject({ status: 'REFUSED', causes: [{ code: 'BAD_REQUEST' }] });
    });

    test('nobody but coordination is answered, and the system is not even called', async () => {
      const { create, sandbox } = bench();
      const made = await create();
      const { as } = participantOf(bench());
      sandbox.resetCalls();
      for (const { data, errors } of await as('gateway', idOf(made.key))) {
        expect(data ?? null).toBeNull();
        expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      }
      expect(total(sandbox.calls())).toBe(0);
    });
  });
}

/** Whether a value has all that was written; what its owner derives from it may come on top. */
function covers(value: unknown, written: unknown): boolean {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return alike(value, written);
  return Object.entries(written).every(([name, part]) =>
    alike((value as Record<string, unknown> | null)?.[name], part),
  );
}
