import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withStores } from '../support/store.ts';
import { customer, openRegister } from './support.ts';

/** What a person would draw: whose record each is at home with, and as whom each customer lives on. */
class Drawing {
  readonly homes = new Map<string, string>();
  readonly into = new Map<string, string>();

  lives(id: string): string {
    const next = this.into.get(id);
    return next === undefined ? id : this.lives(next);
  }

  /** Records by the customer that has them. */
  records(ids: readonly string[]): Record<string, readonly string[]> {
    const of = (id: string) => [...this.homes].filter(([, home]) => this.lives(home) === this.lives(id));
    return Object.fromEntries(
      ids.map((id) => [
        id,
        of(id)
          .map(([record]) => record)
          .sort(),
      ]),
    );
  }
}

type Act = readonly [what: 'MERGE' | 'UNMERGE' | 'RECORD', one: number, other: number];

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.tuple(
    fc.constantFrom('MERGE' as const, 'MERGE' as const, 'UNMERGE' as const, 'RECORD' as const),
    fc.nat({ max: 4 }),
    fc.nat({ max: 4 }),
  ),
  { minLength: 4, maxLength: 14 },
);

const by = { by: 'tester', reason: null };

withStores((open) => {
  test('whatever is merged and unmerged, in whatever order: each record is where a drawing has it, and all is as before once all is unmerged', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (course) => {
        const { db, identity } = await openRegister(open);
        const ids = await identity.register.enrol(
          [1, 2, 3, 4, 5].map((n) => customer(n, { name: `Enrolled ${n}` })),
        );
        // Two of them have stated more than they were enrolled with.
        await identity.register.refresh('CRM', [
          { key: 'crm-1', facts: { name: 'Stated 1', domains: ['one.example'] } },
          { key: 'crm-2', facts: { name: 'Stated 2' } },
        ]);
        const drawing = new Drawing();
        for (const [n, id] of ids.entries())
          for (const record of customer(n + 1).records)
            drawing.homes.set(`${record.system}:${record.key}`, id);
        const keysOf = () =>
          db.query('select id, name, domains, blocks, merged_into from identity_customer order by id');
        const register = async () => {
          const found = await identity.crosswalk.registrations(ids);
          return Object.fromEntries(
            ids.map((id) => [
              id,
              (found.get(id)?.records ?? []).map(({ system, key }) => `${system}:${key}`),
            ]),
          );
        };
        const [keys, first] = [await keysOf(), await register()];

        async function unmerge(id: string): Promise<void> {
          const done = { id: randomUUID(), customer: id, back: [], ...by };
          // Again, as after the end of a process: it changes nothing.
          for (const now of [true, false])
            expect(await db.transaction((tx) => identity.merging.unmerge(tx, done))).toBe(now);
          drawing.into.delete(id);
        }

        for (const [n, [what, one, another]] of course.entries()) {
          const [id = '', other = ''] = [ids[one], ids[another]];
          const survivor = drawing.lives(other);
          if (what === 'MERGE' && !drawing.into.has(id) && survivor !== id) {
            const done = { id: randomUUID(), survivor, other: id, gone: [], ...by };
            for (const now of [true, false])
              expect(await db.transaction((tx) => identity.merging.merge(tx, done))).toBe(now);
            drawing.into.set(id, survivor);
          } else if (what === 'UNMERGE' && drawing.into.has(id)) await unmerge(id);
          else if (what === 'RECORD') {
            const key = `late-${n}`;
            await identity.register.enrol([{ id, records: [{ system: 'ERP', key }], facts: {} }]);
            drawing.homes.set(`ERP:${key}`, drawing.lives(id));
          }
          const now = await register();
          const sorted = Object.fromEntries(Object.entries(now).map(([of, own]) => [of, [...own].sort()]));
          expect(sorted).toEqual(drawing.records(ids));
          // Whose record is read first is not for a merge to change.
          for (const of of ids)
            if (!drawing.into.has(of)) expect(now[of]?.slice(0, 3)).toEqual(first[of]?.slice(0, 3));
        }
        for (const id of ids) if (drawing.into.has(id)) await unmerge(id);
        expect(await keysOf()).toEqual(keys);
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  test('the survivor is found by what either is known by, and the other one is found no more until they are parted', async () => {
    const { db, identity } = await openRegister(open);
    const [stays = '', joins = ''] = await identity.register.enrol([customer(1), customer(2)]);
    await identity.register.refresh('CRM', [
      { key: 'crm-2', facts: { name: 'Joining', domains: ['joining.example'] } },
    ]);
    const found = async () =>
      (await identity.search({ first: 10, filter: { emailDomain: 'joining.example' } })).edges.map(
        ({ node }) => node.id,
      );
    expect(await found()).toEqual([joins]);
    await db.transaction((tx) =>
      identity.merging.merge(tx, { id: randomUUID(), survivor: stays, other: joins, gone: [], ...by }),
    );
    expect(await found()).toEqual([stays]);
    expect(await identity.members({ after: null, limit: 10 })).toEqual([stays]);
    expect(await identity.merging.mergeOf(db, joins)).toMatchObject({ survivor: stays, other: joins });
    await db.transaction((tx) =>
      identity.merging.unmerge(tx, { id: randomUUID(), customer: joins, back: [], ...by }),
    );
    expect(await found()).toEqual([joins]);
    expect(await identity.merging.mergeOf(db, joins)).toBeNull();
  });

  test('a record that its system has merged is nobody’s, and its own customer’s again afterwards, whatever a feed made of it', async () => {
    const { db, identity } = await openRegister(open);
    const [stays = '', joins = ''] = await identity.register.enrol([customer(1), customer(2)]);
    const record = { system: 'CRM', key: 'crm-2' } as const;
    const merge = { id: randomUUID(), survivor: stays, other: joins, gone: [record], ...by };
    await db.transaction((tx) => identity.merging.merge(tx, merge));
    expect(await identity.crosswalk.idsOf('CRM', ['crm-2'])).toEqual(new Map());
    // A feed that was behind tells of it again, and later that it is gone.
    await identity.register.enrol([{ records: [record], facts: {} }]);
    await identity.register.unlink('CRM', ['crm-2']);
    const unmerge = { id: randomUUID(), customer: joins, back: [record], ...by };
    await db.transaction((tx) => identity.merging.unmerge(tx, unmerge));
    expect(await identity.crosswalk.idsOf('CRM', ['crm-2'])).toEqual(new Map([['crm-2', joins]]));
    await identity.register.unlink('CRM', ['crm-2']);
    await db.transaction((tx) => identity.merging.unmerge(tx, unmerge));
    expect(await identity.crosswalk.idsOf('CRM', ['crm-2', 'crm-1'])).toEqual(
      new Map([
        ['crm-2', joins],
        ['crm-1', stays],
      ]),
    );
  });
});
