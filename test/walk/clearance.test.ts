import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { bothWays, type Answered } from './houses.ts';

const sales = ['customer:read', 'customer:write:sales', 'customer:write:finance', 'customer:write:billing'];
const as = (...scopes: string[]) => ({ 'x-principal': 'sam', 'x-scopes': scopes.join(' ') });
const code = 'UNAUTHORIZED_FIELD_OR_TYPE';
const hidden =
  'creditStatus creditLimit { amount } balance { amount } dunningState taxRegistrations(first: 1) { totalCount }';
/** What the sample says of this customer in the fields above. */
const secrets = /APPROVED|934\.71/;

bothWays((graph) => {
  afterEach(() => {
    for (const name of ['crm', 'erp', 'billing'] as const) graph().sandbox(name).faults.set([]);
  });

  const idOf = async (name: string): Promise<string> => {
    const { data } = await graph().ask(
      `query ($name: String!) { customers(first: 1, filter: { name: $name }) { edges { node { id } } } }`,
      { name },
    );
    const { customers } = data as unknown as { customers: { edges: [{ node: { id: string } }] } };
    return customers.edges[0].node.id;
  };
  const withoutLeak = ({ data, errors }: Answered): void => {
    expect(JSON.stringify({ data, errors })).not.toMatch(secrets);
    const nothing = {
      creditStatus: null,
      creditLimit: null,
      balance: null,
      dunningState: null,
      taxRegistrations: null,
    };
    expect(data).toMatchObject({ customer: nothing });
    expect(errors.map(({ extensions }) => extensions)).toEqual(Object.keys(nothing).map(() => ({ code })));
  };

  test('a query: the rest arrives, and the systems of the refused fields are not called, up or down', async () => {
    const id = await idOf('Alfreds Futterkiste');
    const query = `query ($id: ID!) { customer(id: $id) { name ...F } } fragment F on Customer { ${hidden} }`;
    const answer = await graph().ask(query, { id }, { ...as(...sales), 'x-explain': '1' });
    expect(answer).toMatchObject({ status: 200, data: { customer: { name: 'Alfreds Futterkiste' } } });
    withoutLeak(answer);
    const { explain } = answer.extensions as unknown as { explain: { systems: string[]; plan: unknown } };
    expect(new Set(explain.systems)).toEqual(new Set(['identity', 'crm']));
    expect(JSON.stringify(explain)).not.toMatch(/erp|billing|creditStatus|balance/);
    graph()
      .sandbox('billing')
      .faults.set([{ kind: 'unavailable' }]);
    withoutLeak(await graph().ask(query, { id }, as(...sales)));
  });

  test('a mutation: what it answers with beside its receipt, what a plan tells, and what a refusal says is there', async () => {
    const id = await idOf('Alfreds Futterkiste');
    const input = {
      customerId: id,
      idempotencyKey: randomUUID(),
      changes: { creditStatus: 'WATCH' },
      expect: [{ system: 'ERP', version: 'another' }],
    };
    const mutation = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
      refusals { code current expected message } write { id } customer { ${hidden} } } }`;
    const written = await graph().ask(mutation, { input }, as(...sales));
    expect(written.data).toMatchObject({
      updateCustomer: {
        write: null,
        refusals: [{ code: 'VERSION_CONFLICT' }],
        customer: { creditStatus: null },
      },
    });
    expect(JSON.stringify(written)).not.toMatch(secrets);
    expect(written.errors).toHaveLength(5);
    const plan = `query ($input: UpdateCustomerInput!) { planCustomerUpdate(input: $input) {
      changes { attribute current wanted } customer { ${hidden} } } }`;
    const planned = await graph().ask(plan, { input: { ...input, expect: [] } }, as(...sales));
    expect(planned.data).toMatchObject({
      planCustomerUpdate: { changes: [{ attribute: 'creditStatus', current: null, wanted: 'WATCH' }] },
    });
    expect(JSON.stringify(planned)).not.toMatch(secrets);
  });

  test('an event: neither its customer nor its attributes tell more than a query', async () => {
    const id = await idOf('Berglunds snabbköp');
    const client = createClient({
      url: graph().url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: as('customer:read'),
    });
    const query = `subscription ($id: ID!) { customerChanged(filter: { customerIds: [$id] }) {
      attributes { name } customer { ${hidden} } } }`;
    const results = client.iterate({ query, variables: { id } });
    const next = results.next();
    const write = (segment: string) =>
      graph().ask(
        `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { write { id } } }`,
        {
          input: {
            customerId: id,
            idempotencyKey: randomUUID(),
            changes: { segment, creditStatus: 'WATCH' },
          },
        },
      );
    // Whether it hears already is not told over this protocol: it is told something until it does.
    const segments = ['ENTERPRISE', 'RESELLER'];
    let round = 0;
    const telling = setInterval(() => void write(segments[(round += 1) % 2] ?? ''), 300);
    const { value } = (await next) as { value: unknown };
    clearInterval(telling);
    await client.dispose();
    expect(value).toMatchObject({
      data: {
        customerChanged: {
          attributes: [{ name: 'segment' }],
          customer: { creditStatus: null, balance: null },
        },
      },
    });
    expect(JSON.stringify(value)).not.toMatch(/WATCH/);
  });

  test.each([
    [
      'a tax id',
      '(first: 1, orderBy: REGISTERED_ASC, filter: { taxId: "DE123456789" })',
      as('customer:read'),
    ],
    [
      'the domain of an e-mail address',
      '(first: 1, orderBy: REGISTERED_ASC, filter: { emailDomain: "a.example" })',
      as('customer:read'),
    ],
    [
      'a country',
      '(first: 1, orderBy: REGISTERED_ASC, filter: { country: "DE" })',
      as('customer:read:finance'),
    ],
    ['a name', '(first: 1, orderBy: REGISTERED_ASC, filter: { name: "a" })', as('customer:read:finance')],
    ['the order of names', '(first: 1)', as('customer:read:finance')],
  ])('a search by %s is refused to who may not read it', async (_, search, headers) => {
    const query = `{ customers${search} { totalCount } }`;
    const { data, errors } = await graph().ask(query, {}, headers);
    expect(data).toBeNull();
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect(await graph().ask(query)).toMatchObject({ errors: [] });
  });

  test('contacts are people: masked, whole by scope, whole by reason', async () => {
    const id = await idOf('Alfreds Futterkiste');
    const query = `query ($id: ID!) { customer(id: $id) { contacts(first: 1) { edges { node { name email phone title } } } } }`;
    const contactFor = async (headers: Readonly<Record<string, string>>) => {
      const answer = await graph().ask(query, { id }, headers);
      const { customer } = (answer.data ?? {}) as unknown as {
        customer?: { contacts: { edges: [{ node: Record<'name' | 'email' | 'phone' | 'title', string> }] } };
      };
      return { ...answer, contact: customer?.contacts.edges[0].node };
    };
    const { contact: whole } = await contactFor({});
    const { contact: masked, errors } = await contactFor(as('customer:read:contacts'));
    expect(errors).toEqual([]);
    expect(masked).toEqual({
      name: expect.stringMatching(/^masked-[\w-]{11}$/),
      email: whole?.email && `*${whole.email.slice(whole.email.indexOf('@'))}`,
      phone: whole && `****${whole.phone.slice(-4)}`,
      title: whole?.title,
    });
    expect((await contactFor(as('customer:read:contacts'))).contact).toEqual(masked);
    expect((await contactFor(as('customer:read:contacts', 'customer:read:personal'))).contact).toEqual(whole);
    const reason = { 'x-unmask-reason': 'The customer is on the telephone.' };
    const unmasking = as('customer:read:contacts', 'customer:unmask');
    expect((await contactFor({ ...unmasking, ...reason })).contact).toEqual(whole);
    expect((await contactFor(unmasking)).contact).toEqual(masked);
    expect(await contactFor({ ...as('customer:read:contacts'), ...reason })).toMatchObject({ status: 403 });
    expect(await contactFor({ ...unmasking, 'x-unmask-reason': 'so' })).toMatchObject({ status: 400 });
  });

  test.each([
    [{ bankAccount: { iban: 'DE89370400440532013000', holder: 'masked-AAAAAAAAAAA' } }],
    [{ accountOwner: { name: 'Nancy Davolio', email: '*@example.com' } }],
    [{ invoiceDelivery: { channel: 'EMAIL', email: '*@example.com' } }],
    [{ phone: '****1234' }],
  ])('what a mask shows is not taken for a value: %j', async (changes) => {
    const input = { customerId: await idOf('Alfreds Futterkiste'), idempotencyKey: randomUUID(), changes };
    const { data, errors } = await graph().ask(
      'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { write { id } refusals { code attribute } } }',
      { input },
    );
    if (errors.length > 0) expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    else {
      const refusals = [{ code: 'INVALID_VALUE', attribute: Object.keys(changes)[0] }];
      expect(data).toMatchObject({ updateCustomer: { write: null, refusals } });
    }
  });
});
