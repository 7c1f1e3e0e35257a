import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Identity } from '../../identity/index.ts';
import { foldName } from '../../identity/facts.ts';
import { encodeCursor } from '../../runtime/cursor.ts';
import type { CustomerFilter, CustomerOrder, QueryCustomersArgs } from '../../schema/generated/identity.ts';
import { withStores } from '../support/store.ts';
import { customer, merge, openRegister } from './support.ts';

const orders: readonly CustomerOrder[] = ['NAME_ASC', 'NAME_DESC', 'REGISTERED_ASC', 'REGISTERED_DESC'];

/** Ids of all pages, and that each page says rightly whether there are others. */
async function walk(identity: Identity, asked: QueryCustomersArgs): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const page = await identity.search({ ...asked, after });
    ids.push(...page.edges.map(({ node }) => node.id));
    expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
    expect(page.pageInfo.startCursor).toBe(page.edges[0]?.cursor ?? null);
    expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null);
    if (!page.pageInfo.hasNextPage) return ids;
    expect(page.edges).toHaveLength(asked.first ?? 20);
    after = page.pageInfo.endCursor;
  }
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

withStores((open) => {
  describe('any register', () => {
    const names = ['Ada', 'ada', 'Adalbert & Söhne', 'Zoë', 'zoe', 'Ab', 'Жук', '', '…', '  ada GmbH'];
    const countries = ['DE', 'FR', null];

    test('every customer comes once and in order, on pages of any size, under any filter', async () => {
      const { db, identity } = await openRegister(open);
      const entry = fc.record({
        name: fc.constantFrom(...names),
        country: fc.constantFrom(...countries),
        systems: fc.subarray(['CRM', 'ERP', 'BILLING'] as const, { minLength: 1 }),
        domain: fc.constantFrom('gmail.com', 'a.example'),
        // Registered together with others: ties that only the id breaks.
        minute: fc.nat(3),
      });
      const asked = fc.record({
        first: fc.integer({ min: 1, max: 7 }),
        orderBy: fc.constantFrom(...orders),
        filter: fc.record(
          {
            name: fc.constantFrom('a', 'AD', 'äda', 'sohne', 'жук', 'nobody'),
            country: fc.constantFrom('DE', 'fr'),
            emailDomain: fc.constantFrom('gmail.com', 'A.example'),
            knownTo: fc.constantFrom('CRM' as const, 'ERP' as const, 'IDENTITY' as const),
          },
          { requiredKeys: [] },
        ),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(entry, { maxLength: 25 }),
          fc.array(asked, { minLength: 4, maxLength: 4 }),
          async (entries, questions) => {
            await db.query('delete from identity_customer');
            await db.query('delete from identity_crosswalk');
            const ids = await identity.register.enrol(
              entries.map(({ name, country, systems, domain }, number) => ({
                records: systems.map((system) => ({ system, key: `${system}-${number}` })),
                facts: { name, country, domains: [domain] },
              })),
            );
            const minutes = entries.map(({ minute }) => `2026-01-01T00:0${minute}:00Z`);
            await db.query(
              `update identity_customer c set registered_at = m.at
             from unnest($1::uuid[], $2::timestamptz[]) m (id, at) where c.id = m.id`,
              [ids, minutes],
            );
            const all = entries.map((given, number) => ({
              ...given,
              id: ids[number] ?? '',
              at: minutes[number] ?? '',
            }));
            for (const { first, orderBy, filter } of questions) {
              const { name, country, emailDomain, knownTo } = filter;
              const fitting = all.filter(
                (each) =>
                  (name === undefined || foldName(each.name).includes(foldName(name))) &&
                  (country === undefined || each.country === country.toUpperCase()) &&
                  (emailDomain === undefined || each.domain === emailDomain.toLowerCase()) &&
                  (knownTo === undefined || knownTo === 'IDENTITY' || each.systems.includes(knownTo)),
              );
              const value = (each: (typeof all)[number]) =>
                orderBy.startsWith('NAME') ? foldName(each.name) : each.at;
              const sorted = fitting.sort((a, b) => byText(value(a), value(b)) || byText(a.id, b.id));
              if (orderBy.endsWith('DESC')) sorted.reverse();
              expect(await walk(identity, { first, orderBy, filter })).toEqual(sorted.map(({ id }) => id));
              const page = await identity.search({ first, orderBy, filter });
              expect(await page.totalCount()).toBe(fitting.length);
            }
          },
        ),
        { numRuns: 12 },
      );
    });
  });

  describe('one register', () => {
    const enrol = async () => {
      const register = await openRegister(open);
      const ids = await register.identity.register.enrol([
        customer(1, {
          name: 'Alfreds Futterkiste',
          country: 'DE',
          taxIds: ['DE 123 456 789'],
          domains: ['info@alfreds.example'],
        }),
        customer(2, { name: 'Blåbær A/S', country: 'DK', taxIds: ['XI 987 6543 21'] }),
        customer(3, { name: "O'Brien", country: 'IE' }),
        { ...customer(4, { name: 'Only Sales' }), records: [{ system: 'CRM', key: 'crm-4' }] },
      ]);
      return { ...register, ids };
    };
    let register: ReturnType<typeof enrol> | undefined;
    const opened = () => (register ??= enrol());

    test.each<[CustomerFilter, number[]]>([
      [{ name: 'alfreds futterkiste' }, [0]],
      [{ name: 'FUTTER' }, [0]],
      [{ name: 'blabaer' }, [1]],
      [{ name: 'OBRIEN' }, [2]],
      [{ name: "o'b" }, [2]],
      [{ name: 's' }, [0, 1, 3]],
      [{ name: 'ly' }, [3]],
      [{ name: '%f' }, [0]],
      [{ taxId: 'de-123.456.789' }, [0]],
      [{ taxId: '123456789' }, []],
      [{ taxId: 'GB987654321' }, [1]],
      [{ emailDomain: 'Alfreds.example' }, [0]],
      [{ emailDomain: 'example.com' }, []],
      [{ country: 'dk' }, [1]],
      [{ country: 'JP' }, []],
      [{ knownTo: 'ERP' }, [0, 1, 2]],
      [{ knownTo: 'IDENTITY' }, [0, 1, 2, 3]],
      [
        { name: 'a', country: 'DE', taxId: 'DE123456789', emailDomain: 'alfreds.example', knownTo: 'CRM' },
        [0],
      ],
      [{ name: 'a', country: 'DK', taxId: 'DE123456789' }, []],
      [{ name: null, country: null, taxId: null, emailDomain: null, knownTo: null }, [0, 1, 2, 3]],
    ])('%j finds %j', async (filter, expected) => {
      const { identity, ids } = await opened();
      const page = await identity.search({ filter });
      expect(page.edges.map(({ node }) => ids.indexOf(node.id))).toEqual(expected);
      expect(await page.totalCount()).toBe(expected.length);
    });

    test.each<[string, QueryCustomersArgs, string]>([
      ['a page of nothing', { first: 0 }, 'BAD_USER_INPUT'],
      ['a page of less than nothing', { first: -1 }, 'BAD_USER_INPUT'],
      ['a page over the limit', { first: 101 }, 'PAGE_SIZE_EXCEEDED'],
      ['an empty name', { filter: { name: '' } }, 'BAD_USER_INPUT'],
      ['a name of blanks', { filter: { name: '  ' } }, 'BAD_USER_INPUT'],
      ['a name of signs', { filter: { name: '%_' } }, 'BAD_USER_INPUT'],
      ['a name without end', { filter: { name: 'x'.repeat(251) } }, 'BAD_USER_INPUT'],
      ['an empty country', { filter: { country: '' } }, 'BAD_USER_INPUT'],
      ['a country by name', { filter: { country: 'Germany' } }, 'BAD_USER_INPUT'],
      ['an empty tax id', { filter: { taxId: '' } }, 'BAD_USER_INPUT'],
      ['a tax id of signs', { filter: { taxId: '---' } }, 'BAD_USER_INPUT'],
      ['an empty domain', { filter: { emailDomain: '' } }, 'BAD_USER_INPUT'],
      ['a domain that is none', { filter: { emailDomain: 'not a domain' } }, 'BAD_USER_INPUT'],
      ['an empty cursor', { after: '' }, 'INVALID_CURSOR'],
      ['a cursor that is not ours', { after: 'eyJpZCI6MX0=' }, 'INVALID_CURSOR'],
      ['a cursor with NUL', { after: Buffer.from('a\0b').toString('base64url') }, 'INVALID_CURSOR'],
      ['a cursor of another list', { after: encodeCursor('invoices', '1') }, 'INVALID_CURSOR'],
    ])('%s is refused', async (_, asked, code) => {
      const { identity } = await opened();
      await expect(identity.search(asked)).rejects.toMatchObject({ code });
    });

    test('the limit is in the message', async () => {
      const { identity } = await opened();
      await expect(identity.search({ first: 1000 })).rejects.toThrow('100');
    });

    test('a cursor goes on only with the order and filter that it came from', async () => {
      const { identity } = await opened();
      const filter = { name: 'a' };
      const { endCursor: after } = (await identity.search({ first: 1, filter })).pageInfo;
      await expect(identity.search({ filter, after })).resolves.toMatchObject({
        pageInfo: { hasPreviousPage: true },
      });
      await expect(identity.search({ filter: { name: 'A', country: null }, after })).resolves.toBeDefined();
      for (const other of [
        { after },
        { filter, after, orderBy: 'NAME_DESC' as const },
        { filter: { name: 's' }, after },
      ]) {
        await expect(identity.search(other)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
      }
    });

    test.each(orders)('a cursor of %s whose position was changed is refused', async (orderBy) => {
      const { identity, ids } = await opened();
      const { endCursor } = (await identity.search({ first: 1, orderBy })).pageInfo;
      const [list = ''] = Buffer.from(endCursor ?? '', 'base64url')
        .toString()
        .split('\n');
      const id = ids[0] ?? '';
      const positions = [
        '',
        'x',
        id.toUpperCase(),
        `${id} a\0b`,
        `${id} A%`,
        `${id} 2026-02-30T00:00:00Z`,
        `${id} now`,
        'C-1 a',
      ];
      for (const position of positions) {
        if (orderBy.startsWith('NAME') && position.endsWith(' now')) continue;
        await expect(identity.search({ orderBy, after: encodeCursor(list, position) })).rejects.toMatchObject(
          {
            code: 'INVALID_CURSOR',
          },
        );
      }
    });

    test('a page is one statement, with the keys of its customers; counting is another, and only when asked', async () => {
      const { identity, statements } = await opened();
      statements.length = 0;
      const page = await identity.search({ first: 2 });
      expect(page.edges[0]?.node.records.map(({ key }) => key).sort()).toEqual(['crm-1', 'cus_1', 'erp-1']);
      expect(statements).toHaveLength(1);
      expect(await page.totalCount()).toBe(4);
      expect(statements).toHaveLength(2);
    });
  });

  test('a customer that was merged away is neither listed nor counted', async () => {
    const { db, identity } = await openRegister(open);
    const [a = '', b = ''] = await identity.register.enrol([customer(1), customer(2)]);
    await merge(db, a, b);
    const page = await identity.search({});
    expect(page.edges.map(({ node }) => node.id)).toEqual([b]);
    expect(page.edges[0]?.node.records).toHaveLength(6);
    expect(await page.totalCount()).toBe(1);
    await db.query('update identity_customer set merged_into = null');
    expect(await (await identity.search({})).totalCount()).toBe(2);
  });

  test('the count is exact while several enrol at once', async () => {
    const { identity } = await openRegister(open);
    const batches = Array.from({ length: 6 }, (_, batch) =>
      Array.from({ length: 10 }, (__, n) => customer(batch * 5 + n)),
    );
    await Promise.all(batches.map((entries) => identity.register.enrol(entries)));
    expect(await (await identity.search({})).totalCount()).toBe(35);
  });

  test('customers beyond those that are walked in order are found, in every order', async () => {
    const { identity } = await openRegister(open);
    const entries = Array.from({ length: 2500 }, (_, n) =>
      customer(n, {
        name: n % 1200 === 600 ? `needle ${n}` : `hay ${n}`,
        domains: [n % 1200 === 600 ? 'needle.example' : 'gmail.com'],
      }),
    );
    const ids = await identity.register.enrol(entries);
    const needles = [600, 1800].map((n) => ids[n]).sort();
    for (const orderBy of orders) {
      for (const filter of [
        { name: 'needle' },
        { name: 'ne' },
        { emailDomain: 'needle.example' },
        { name: 'eed', knownTo: 'ERP' as const },
      ]) {
        expect((await walk(identity, { orderBy, filter, first: 1 })).sort()).toEqual(needles);
      }
    }
    const all = await walk(identity, { filter: { name: 'hay', emailDomain: 'gmail.com' }, first: 100 });
    expect(new Set(all).size).toBe(2498);
    expect(all).toHaveLength(2498);
  });
});
