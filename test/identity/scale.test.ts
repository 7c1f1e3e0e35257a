import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDb } from '../../runtime/db/index.ts';
import { textOf } from '../../runtime/db/values.ts';
import type { CustomerFilter, CustomerOrder } from '../../schema/generated/identity.ts';
import { sharingBlocks } from '../../identity/matching/candidates.ts';
import { customer, openRegister, request } from './support.ts';

/** 40,000 customers known to three systems, of which one in a thousand is known to the third. */
const population = `
  insert into identity_customer (id, registered_at, name, country, tax_ids, leis, domains, blocks)
  select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    timestamptz '2026-01-01' + n / 400 * interval '1 minute',
    md5(n::text) || ' ' || (array['nordic','alpine','iberian','baltic','gallic'])[1 + n % 5] || ' '
      || (array['gmbh','ltd','sa'])[1 + n % 3],
    (array['DE','FR','GB','US','AT','CH','IT'])[1 + n % 7],
    array['DE' || lpad(n::text, 9, '0')], array[lpad(n::text, 20, '0')],
    array[case when n % 4 = 0 then 'gmail.com' else 'c' || n || '.example' end],
    array[n, 100000 + n / 5, 200000 + n / 1000, -1 - n % 5]
  from generate_series(1, 40000) n;
  insert into identity_crosswalk (system, key, customer_id)
  select s.system, s.prefix || n, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
  from generate_series(1, 40000) n, (values ('CRM', 'crm-', 1), ('ERP', 'erp-', 1), ('BILLING', 'cus_', 1000)) s (system, prefix, every)
  where n % s.every = 0;
  insert into identity_facts (system, key, name) select 'CRM', 'crm-' || n, 'name' from generate_series(1, 40000) n;
`;
const idOf = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const hundred = Array.from({ length: 100 }, (_, n) => idOf(n * 399 + 1));
/** Rows that any step of a statement may touch: those of a short walk, or of a hundred customers, several times over. */
const most = 5000;
const tables = new Set(['identity_customer', 'identity_crosswalk', 'identity_facts', 'identity_block']);

/** A step of a plan as EXPLAIN gives it, as far as it is looked at. */
interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Node[];
}

function family(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(family)];
}

function touched(node: Node): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return ((node['Actual Rows'] ?? 0) + removed) * (node['Actual Loops'] ?? 0);
}

const orders: readonly CustomerOrder[] = ['NAME_ASC', 'NAME_DESC', 'REGISTERED_ASC', 'REGISTERED_DESC'];

describe('with 40,000 customers nothing reads a table from end to end', () => {
  let register: Awaited<ReturnType<typeof openRegister>>;

  beforeAll(async () => {
    register = await openRegister(() => openDb({}));
    await register.db.script(population);
    await register.identity.register.tidy();
  }, 180_000);
  afterAll(() => register.db.close());

  /**
   * Plans a statement for its values, and for any: the store may take either for a prepared one. Gives the plan's nodes,
   * with what they touch where the statement is to be run again for it.
   */
  async function nodesOf(sql: string, parameters: readonly unknown[], analyze: boolean): Promise<Node[]> {
    const { db } = register;
    const literals = parameters.map((value) => `'${(textOf(value) ?? '').replaceAll("'", "''")}'`).join(', ');
    await db.script(`prepare examined as ${sql}`);
    const nodes: Node[] = [];
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      await db.script(`begin; set local plan_cache_mode = ${mode}`);
      const [row] = await db.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
        `explain (analyze ${analyze}, format json) execute examined ${literals && `(${literals})`}`,
      );
      await db.script('rollback');
      if (row) nodes.push(...family(row['QUERY PLAN'][0].Plan));
    }
    await db.script('deallocate examined');
    return nodes;
  }

  /** Runs the work, and then looks at how each of its statements is done. */
  async function expectIndexed(work: () => Promise<unknown>, { again = true } = {}): Promise<void> {
    register.statements.length = 0;
    await work();
    const ran = [...new Map(register.statements.map((statement) => [statement.sql, statement])).values()];
    expect(ran.length).toBeGreaterThan(0);
    for (const { sql, parameters } of ran) {
      for (const node of await nodesOf(sql, parameters, again)) {
        const whole = node['Node Type'] === 'Seq Scan' && tables.has(node['Relation Name'] ?? '');
        if (whole || touched(node) > most)
          throw new Error(`Reads too much: ${JSON.stringify(node)} of ${sql}`);
      }
    }
  }

  test('the keys of customers, and the customers of keys', async () => {
    const { crosswalk } = register.identity;
    await expectIndexed(() => crosswalk.keysOf(hundred));
    await expectIndexed(() => crosswalk.keysOf(hundred.slice(0, 1)));
    await expectIndexed(() => crosswalk.idsOf('CRM', ['crm-1', 'crm-77']));
  });

  test.each<CustomerFilter | null>([
    null,
    { name: 'nordic' },
    { name: '0123' },
    { name: 'no such name' },
    { name: 'gm' },
    { country: 'DE' },
    { country: 'JP' },
    { taxId: 'DE 000 000 077' },
    { emailDomain: 'gmail.com' },
    { emailDomain: 'c77.example' },
    { knownTo: 'CRM' },
    { name: 'gmbh', country: 'DE', emailDomain: 'gmail.com', knownTo: 'CRM' },
  ])('two pages of those with %j, in every order', async (filter) => {
    const { search } = register.identity;
    for (const orderBy of orders) {
      await expectIndexed(async () => {
        const { pageInfo } = await search({ filter, orderBy });
        await search({ filter, orderBy, after: pageInfo.endCursor });
      });
    }
  });

  test.each<CustomerFilter | null>([
    null,
    { name: 'no such name' },
    { taxId: 'DE 000 000 077' },
    { emailDomain: 'c77.example' },
  ])('how many there are with %j', async (filter) => {
    await expectIndexed(async () => (await register.identity.search({ filter, first: 1 })).totalCount());
  });

  test('possible duplicates', async () => {
    const context = request();
    await expectIndexed(() => Promise.all(hundred.map((id) => register.identity.duplicates(context, id))));
    // Blocks of 5, of 1,000 and of 8,000 customers: the last two are left after their first few.
    await expectIndexed(() =>
      sharingBlocks(
        register.db,
        hundred.slice(0, 40).map((_, n) => [`${100_000 + n}`, `${200_000 + (n % 40)}`, `${-1 - (n % 5)}`]),
      ),
    );
  });

  test('what is enrolled and refreshed', async () => {
    const writing = register.identity.register;
    await expectIndexed(() => writing.enrol([customer(1), { ...customer(2), id: idOf(5) }]), {
      again: false,
    });
    await expectIndexed(() => writing.refresh('CRM', [{ key: 'crm-5', facts: { name: 'Another' } }]), {
      again: false,
    });
  });
});
