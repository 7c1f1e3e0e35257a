import { afterEach, describe, expect, test } from '@jest/globals';
import { createEngine } from '../../../gateway/engine/index.ts';
import { unmaskScope } from '../../../gateway/http/unmask.ts';
import { selfDeclared, type Answered, type DoorOptions } from '../../../gateway/server.ts';
import { localSubgraph } from '../../../runtime/executor.ts';
import { buildSubgraph } from '../../../runtime/subgraph.ts';
import { graphOf } from '../../engine/graph/engine.ts';
import { people } from '../../engine/graph/people.ts';
import { codes, post, serveShop } from '../served.ts';
import { contracts, createFeed, supergraph, type Name } from './feed.ts';
import { client, serveFeed, transports, type Client, type Result, type ServedFeed } from './served.ts';
import { until } from './until.ts';

const reason = 'Ann Smith – on the phone';
const changed = 'subscription { changed { text } }';
const as = (...scopes: string[]) => ({ 'x-principal': 'sam', 'x-scopes': scopes.join(' ') });

/** The feed, whose texts are personal and whose counting needs a scope. */
function guardedFeed() {
  const feed = createFeed();
  const text = supergraph()
    .replace('  text: String', '  text: String @personal(reveal: ["pii"], mask: LAST_FOUR)')
    .replace('counted(to: Int!): Int', 'counted(to: Int!): Int @requiresScopes(scopes: [["count"]])');
  const engine = createEngine({
    supergraph: `${text}
      directive @personal(reveal: [String!]!, mask: String!) on FIELD_DEFINITION
      directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION`,
    subgraphs: (name) =>
      localSubgraph(name, buildSubgraph(contracts[name as Name], feed.resolvers[name as Name])),
    unmask: unmaskScope,
  });
  return { feed, engine };
}

describe.each(transports)('over %s', (transport) => {
  let served: ServedFeed | undefined;
  const clients: Client[] = [];
  afterEach(async () => {
    for (const one of clients.splice(0)) one.end();
    await served?.[Symbol.asyncDispose]();
    served = undefined;
  });

  async function serve(options: Partial<DoorOptions> = {}) {
    const { feed, engine } = guardedFeed();
    const began: Answered[] = [];
    served = await serveFeed({ engine, began: (one) => began.push(one), ...options }, feed);
    return { ...served, began };
  }
  /** What subscribers hear first; they have all begun, or ended, before something happens. */
  async function heard(
    { url, feed }: ServedFeed,
    all: readonly Readonly<Record<string, string>>[],
    query = changed,
  ): Promise<readonly unknown[]> {
    const before = feed.begun();
    let over = 0;
    const told = all.map(async (headers) => {
      const one = client(transport, url, headers);
      clients.push(one);
      try {
        const turn: IteratorResult<Result, unknown> = await one.iterate(query).next();
        return turn.value;
      } catch (errors) {
        return { errors };
      } finally {
        over += 1;
      }
    });
    await until(() => feed.begun() - before + over >= all.length);
    feed.tick('1', 'of ann smith');
    return Promise.all(told);
  }
  const first = async (
    ...[graph, headers, query]: readonly [ServedFeed, Readonly<Record<string, string>>, string?]
  ) => (await heard(graph, [headers], query))[0];
  /** Headers carry bytes; what is introduced over a WebSocket is a text. */
  const said = (reason: string) => (transport === 'SSE' ? Buffer.from(reason).toString('latin1') : reason);

  test.each([
    ['masked', as('other'), '****mith', []],
    ['whole by scope', as('pii'), 'of ann smith', ['Change.text']],
    [
      'whole by reason',
      { ...as('customer:unmask'), 'x-unmask-reason': said(reason) },
      'of ann smith',
      ['Change.text'],
    ],
  ])(
    'personal data of an event is %s, and told once to the audit, at its beginning',
    async (_, headers, text, personal) => {
      const graph = await serve();
      expect(await first(graph, headers)).toEqual({ data: { changed: { text } } });
      for (const one of clients.splice(0)) one.end();
      await until(() => graph.answered.length === 1);
      expect(graph.answered[0]).not.toHaveProperty('personal');
      expect(graph.began).toMatchObject(
        personal.map(() => ({
          personal,
          principal: { subject: 'sam' },
          unmaskReason: 'x-unmask-reason' in headers ? reason : null,
          operation: { kind: 'subscription' },
        })),
      );
      expect(graph.began).toHaveLength(personal.length);
    },
  );

  test('those who are shown it masked do not share answers with those who are shown it whole', async () => {
    const graph = await serve();
    const [masked, whole] = await heard(graph, [as('other'), as('pii')]);
    expect([masked, whole]).toEqual([
      { data: { changed: { text: '****mith' } } },
      { data: { changed: { text: 'of ann smith' } } },
    ]);
  });

  test('where reading it cannot be recorded, it is not shown whole, and what is masked is', async () => {
    const graph = await serve({ mayShowPersonal: () => false });
    expect(await first(graph, as('pii'))).toMatchObject({
      errors: [{ extensions: { code: 'STORE_UNAVAILABLE' } }],
    });
    expect(graph.feed.begun()).toBe(0);
    expect(await first(graph, as('other'))).toEqual({ data: { changed: { text: '****mith' } } });
  });

  test('a subscription that its caller may not have does not begin', async () => {
    const graph = await serve();
    expect(await first(graph, as('other'), 'subscription { counted(to: 1) }')).toMatchObject({
      errors: [{ path: ['counted'], extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }],
    });
    expect(await first(graph, as('count'), 'subscription { counted(to: 1) }')).toEqual({
      data: { counted: 1 },
    });
  });

  test.each([
    ['too short', as('customer:unmask'), 'short'],
    ['too long', as('customer:unmask'), 'r'.repeat(501)],
    ['of who may give none', as('pii'), 'for a good reason'],
  ])('a reason %s is refused', async (_, headers, wrong) => {
    const graph = await serve();
    const one = client(transport, graph.url, { ...headers, 'x-unmask-reason': wrong });
    clients.push(one);
    await expect(one.iterate(changed).next()).rejects.toBeDefined();
    expect(graph.feed.begun()).toBe(0);
  });
});

describe('over HTTP', () => {
  const query = '{ person(id: "1") { mail phone } }';
  const door = (options: Partial<DoorOptions> = {}) =>
    serveShop({ engine: graphOf(people()).engine, authenticate: selfDeclared(), ...options });

  test('an answer tells the audit what it showed whole, and to whom, and nothing where it showed nothing', async () => {
    await using served = await door();
    await post(served.url, { query }, as('pii'));
    await post(served.url, { query }, as('other'));
    await post(
      served.url,
      {
        query: 'query ($no: Boolean!) { person(id: "1") { mail @include(if: $no) } }',
        variables: { no: false },
      },
      as('pii'),
    );
    const [shown, ...others] = served.answered;
    const personal = ['Person.mail', 'Person.phone'];
    expect(shown).toMatchObject({ status: 200, personal, principal: { subject: 'sam' }, unmaskReason: null });
    for (const one of others) expect(Object.keys(one)).not.toContain('principal');
    expect(others).toHaveLength(2);
  });

  test('where reading it cannot be recorded, it is refused whole, and what is masked is answered', async () => {
    await using served = await door({ mayShowPersonal: () => false });
    const refused = await post(served.url, { query }, as('pii'));
    expect([refused.status, codes(refused)]).toEqual([503, ['STORE_UNAVAILABLE']]);
    expect(refused.body).not.toContain('ann@');
    const masked = await post(served.url, { query }, as('other'));
    expect(JSON.parse(masked.body)).toEqual({
      data: { person: { mail: '*@example.com', phone: '****1820' } },
    });
  });
});
