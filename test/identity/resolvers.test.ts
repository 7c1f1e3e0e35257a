import { expect, test } from '@jest/globals';
import { localSubgraph } from '../../runtime/executor.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { identitySubgraph } from '../../identity/index.ts';
import { contractOf } from '../../schema/load.ts';
import { withStores } from '../support/store.ts';
import { customer, merge, openRegister, request } from './support.ts';

const unknown = '0190a0b0-0000-7000-8000-0000000000ff';

withStores((open) => {
  const served = async () => {
    const register = await openRegister(open);
    const { name, resolvers } = identitySubgraph(register.identity);
    const subgraph = localSubgraph(name, buildSubgraph(contractOf('identity').sdl, resolvers));
    const ask = async (operation: string, variables: Record<string, unknown> = {}, context = request()) => {
      register.statements.length = 0;
      const { data, errors } = await subgraph.prepare(operation)(variables, context);
      return { data, codes: errors?.map(({ extensions }) => extensions?.code) };
    };
    const ids = await register.identity.register.enrol([
      customer(1, { name: 'Alfreds Futterkiste', taxIds: ['DE 1234'] }),
      customer(2, { name: 'Berglunds snabbköp', taxIds: ['DE 1234'] }),
      customer(3),
    ]);
    return { ...register, ask, ids };
  };

  test('one customer with its records, and the keys that the systems need, is one statement', async () => {
    const { ask, ids, identity, statements } = await served();
    const context = request();
    const [id] = ids;
    const query =
      'query ($id: ID!) { customer(id: $id) { id registeredAt records { __typename system key } } }';
    const { data, codes } = await ask(query, { id }, context);
    expect(codes).toBeUndefined();
    expect(data).toMatchObject({
      customer: {
        id,
        registeredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        records: expect.arrayContaining([
          { __typename: 'CrmRecord', system: 'CRM', key: 'crm-1' },
          { __typename: 'ErpRecord', system: 'ERP', key: 'erp-1' },
          { __typename: 'BillingRecord', system: 'BILLING', key: 'cus_1' },
        ]),
      },
    });
    await identity.loadersOf(context).keys('CRM', [id ?? '']);
    expect(statements).toHaveLength(1);
  });

  test('a page of customers, and the keys that the systems need, is one statement; its count is another', async () => {
    const { ask, ids, identity, statements } = await served();
    const context = request();
    const page =
      '{ customers(filter: {knownTo: CRM}) { edges { cursor node { id records { key } } } pageInfo { hasNextPage } } }';
    expect((await ask(page, {}, context)).data).toMatchObject({
      customers: { edges: ids.map((id) => ({ node: { id } })) },
    });
    await identity.loadersOf(context).keys('ERP', ids);
    expect(statements).toHaveLength(1);
    expect((await ask('{ customers { totalCount } }')).data).toEqual({ customers: { totalCount: 3 } });
    expect(statements).toHaveLength(2);
  });

  test('a customer is found by the key of any system', async () => {
    const { ask, ids } = await served();
    const query = 'query ($system: System!, $key: String!) { customerBy(system: $system, key: $key) { id } }';
    const found = async (system: string, key: string) => (await ask(query, { system, key })).data?.customerBy;
    expect(await found('ERP', 'erp-2')).toEqual({ id: ids[1] });
    expect(await found('IDENTITY', ids[2] ?? '')).toEqual({ id: ids[2] });
    expect(await found('CRM', 'erp-2')).toBeNull();
    expect(await found('IDENTITY', 'C-1')).toBeNull();
  });

  test('an id that nobody has is null, and no error', async () => {
    const { ask } = await served();
    for (const id of [unknown, 'C-1', '', 'a\0b', "' or 1=1"]) {
      expect(await ask('query ($id: ID!) { customer(id: $id) { id } }', { id })).toEqual({
        data: { customer: null },
        codes: undefined,
      });
    }
  });

  test('a reference that only needs the id costs no statement; many that need more cost one', async () => {
    const { ask, ids, statements } = await served();
    const representations = [...ids, unknown, 'C-1'].map((id) => ({ __typename: 'Customer', id }));
    const fetch = (selection: string) =>
      ask(`query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { ${selection} } } }`, {
        r: representations,
      });
    expect((await fetch('id')).data?._entities).toEqual(representations.map(({ id }) => ({ id })));
    expect(statements).toHaveLength(0);
    const entities = (await fetch('registeredAt records { key } mergedInto { id }')).data?._entities;
    expect(entities).toMatchObject([
      {},
      {},
      {},
      { registeredAt: null, records: [] },
      { registeredAt: null, records: [] },
    ]);
    expect(statements).toHaveLength(1);
  });

  test('a merged id answers with its survivor; a reference that still has it says where it went', async () => {
    const { ask, db, ids } = await served();
    const [old = '', survivor = ''] = ids;
    await merge(db, old, survivor);
    const query = 'query ($id: ID!) { customer(id: $id) { id mergedInto { id } records { key } } }';
    expect((await ask(query, { id: old })).data).toMatchObject({
      customer: { id: survivor, mergedInto: null },
    });
    const reference = await ask(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id mergedInto { id } } } }',
      { r: [{ __typename: 'Customer', id: old }] },
    );
    expect(reference.data?._entities).toEqual([{ id: old, mergedInto: { id: survivor } }]);
  });

  const reasoned =
    'customer { id } sharedIdentifiers verdict score decided reasons { part agreement weight }';
  const sameTaxId = (id: string | undefined) => ({
    customer: { id },
    ...{ sharedIdentifiers: ['TAX_ID'], verdict: 'ASK', decided: false, score: expect.any(Number) },
    reasons: expect.arrayContaining([
      { part: 'TAX_ID', agreement: 1, weight: expect.any(Number) },
      { part: 'NAME', agreement: expect.any(Number), weight: expect.any(Number) },
    ]),
  });

  test('possible duplicates of a page are three statements more', async () => {
    const { ask, ids, statements } = await served();
    const { data } = await ask(`{ customers { edges { node { possibleDuplicates { ${reasoned} } } } } }`);
    const twin = (id: string | undefined) => ({ node: { possibleDuplicates: [sameTaxId(id)] } });
    expect(data).toEqual({
      customers: { edges: [twin(ids[1]), twin(ids[0]), { node: { possibleDuplicates: [] } }] },
    });
    expect(statements).toHaveLength(4);
  });

  test('a customer that is described is found before there are two of it', async () => {
    const { ask, ids } = await served();
    const query = `query ($input: MatchInput!) { matchCustomers(input: $input) { ${reasoned} } }`;
    const { data, codes } = await ask(query, {
      input: { name: 'ALFREDS-Futterkiste GmbH', taxIds: ['de1234'] },
    });
    expect(codes).toBeUndefined();
    expect(data?.matchCustomers).toMatchObject([
      { customer: { id: ids[0] }, verdict: 'SAME', sharedIdentifiers: ['TAX_ID'] },
      { customer: { id: ids[1] }, verdict: 'ASK' },
    ]);
    expect((await ask(query, { input: { name: 'Nobody Else' } })).data).toEqual({ matchCustomers: [] });
    for (const input of [
      {},
      { name: ' ' },
      { phones: [] },
      { taxIds: Array(21).fill('1') },
      { name: 'x'.repeat(501) },
    ])
      expect((await ask(query, { input })).codes).toEqual(['BAD_USER_INPUT']);
  });

  test('bad input is an error with a code', async () => {
    const { ask } = await served();
    expect(await ask('{ customers(first: 101) { totalCount } }')).toMatchObject({
      codes: ['PAGE_SIZE_EXCEEDED'],
    });
    expect(await ask('{ customers(after: "x") { totalCount } }')).toMatchObject({
      codes: ['INVALID_CURSOR'],
    });
    expect(await ask('{ customers(filter: {name: ""}) { totalCount } }')).toMatchObject({
      codes: ['BAD_USER_INPUT'],
    });
  });
});
