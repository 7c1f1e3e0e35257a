import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { openHouse, type House } from '../../house.ts';
import { readConfig } from '../../runtime/config.ts';
import { requestContext, type Caller } from '../../runtime/context.ts';
import { openDb } from '../../runtime/db/index.ts';
import { remoteSubgraph } from '../../runtime/executor.ts';
import { createHttp } from '../../runtime/http.ts';
import { createPass } from '../../runtime/pass.ts';
import { localDeveloper } from '../../runtime/principal.ts';
import { newSealKey } from '../../runtime/seal.ts';
import { createLogger } from '../../runtime/telemetry.ts';
import { participantOperations } from '../../schema/participant.ts';
import { systems } from '../../subgraphs/index.ts';
import { seedNorthwind } from '../../subgraphs/seed/northwind.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';

const secret = 'a secret that only these tests know and that is long enough';
const pass = createPass([secret]);
const http = createHttp();
let store: Store;
let house: House;
let entityId = '';

beforeAll(async () => {
  store = await prepared(await openDb({}));
  await seedNorthwind({ ...store, progress: () => undefined });
  const settings = {
    PASS_SECRET: secret,
    DATABASE_URL: 'postgres://unused',
    ROLES: 'identity,crm,erp,billing',
  };
  const config = readConfig({ NODE_ENV: 'test', PORT: '0', SANDBOX_PORT: 'off', ...settings });
  house = await openHouse(config, store, createLogger({ level: 'silent', json: true }));
  entityId = (await store.identity.search({ first: 1 })).edges[0]?.node.id ?? '';
});
afterAll(async () => {
  await http.close();
  await house.stop();
});

/** A pass as this graph signs it but for what is said; that it is taken otherwise is seen in `are answered to coordination`. */
const passBy = (audience: string, until: string, issuer = 'customer-graph') =>
  new SignJWT({ scope: '*' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('mallory')
    .setExpirationTime(until)
    .sign(new TextEncoder().encode(secret));
const unsigned = (audience: string) =>
  new UnsecuredJWT({ scope: '*', iss: 'customer-graph', aud: audience, sub: 'mallory' })
    .setExpirationTime('1 minute')
    .encode();

type Headers = Readonly<Record<string, string>>;

describe.each(systems.map(({ name }) => name))('the operations of %s as a participant, over HTTP', (name) => {
  const { examine, inspect, apply } = participantOperations(name);
  const compare = `query ($asked: ParticipantInspection!) { ${inspect}(inspection: $asked) { records { version } } }`;
  const look = `query ($asked: ParticipantExamination!) { ${examine}(examination: $asked) { found { version } } }`;
  const write = `mutation ($asked: ParticipantOrder!) { ${apply}(order: $asked) { status } }`;
  const base = () => ({ entity: 'Customer', entityId, kind: 'OWNER', changes: {} });
  const looking = () => ({ asked: { ...base(), validate: true } });
  const comparing = () => ({
    asked: { entity: 'Customer', entityIds: [entityId], owned: [], copied: [] },
  });
  const writing = () => ({ asked: { ...base(), wireKey: 'k', ifVersion: '1' } });

  const post = async (query: string, variables: object, headers: Headers) => {
    const answer = await fetch(`${house.url}/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return { status: answer.status, body: (await answer.json()) as object };
  };
  const effects = () => store.db.query('select seq from sandbox_history');

  test('are refused without a pass, and with one that is expired, unsigned, for another participant, or by another secret or issuer', async () => {
    const before = await effects();
    const other = name === 'crm' ? 'erp' : 'crm';
    const passes: Headers[] = [
      {},
      { 'x-internal-pass': 'x' },
      await pass.headers(other, localDeveloper, 'coordination'),
      await pass.headers(`${name}/other`, localDeveloper, 'coordination'),
      await createPass(['s'.repeat(40)]).headers(name, localDeveloper, 'coordination'),
      { 'x-internal-pass': await passBy(`${name}/participant`, '-1 minute') },
      { 'x-internal-pass': await passBy(`${name}/participant`, '1 minute', 'somebody-else') },
      { 'x-internal-pass': unsigned(`${name}/participant`) },
    ];
    for (const headers of passes) {
      const refused = { status: 401, body: { code: 'UNAUTHENTICATED' } };
      expect(await post(look, looking(), headers)).toMatchObject(refused);
      expect(await post(compare, comparing(), headers)).toMatchObject(refused);
      expect(await post(write, writing(), headers)).toMatchObject(refused);
    }
    expect(await effects()).toEqual(before);
  });

  test('are refused to the gateway, by whatever spelling', async () => {
    const headers = await pass.headers(name, localDeveloper, 'gateway');
    const forbidden = { status: 200, body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } };
    expect(await post(look, looking(), headers)).toMatchObject({ ...forbidden, body: { data: null } });
    const alias = look.replace(examine, `a: ${examine}`);
    const spread = write.replace('{ status } }', '{ ...S } } fragment S on ParticipantOutcome { status }');
    expect(await post(alias, looking(), headers)).toMatchObject(forbidden);
    expect(await post(compare, comparing(), headers)).toMatchObject(forbidden);
    expect(await post(write, writing(), headers)).toMatchObject(forbidden);
    expect(await post(spread, writing(), headers)).toMatchObject(forbidden);
  });

  test('are answered to coordination', async () => {
    const subgraph = remoteSubgraph(name, `${house.url}/${name}`, {
      post: http.post,
      headers: ({ principal, caller }) => pass.headers(name, principal, caller),
    });
    const made = await post(look, looking(), {
      'x-internal-pass': await passBy(`${name}/participant`, '1 minute'),
    });
    expect(made).toMatchObject({ status: 200, body: { data: { [examine]: { found: {} } } } });
    const context = (caller: Caller) =>
      requestContext({ caller, timeout: 30_000, signal: new AbortController().signal });
    const looked = await subgraph.prepare(look)(looking(), context('coordination'));
    expect(looked).toEqual({ data: { [examine]: { found: { version: expect.any(String) } } } });
    const wrote = await subgraph.prepare(write)(writing(), context('coordination'));
    expect(wrote).toEqual({ data: { [apply]: { status: 'REFUSED' } } });
    const refused = await subgraph.prepare(look)(looking(), context('gateway'));
    expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

test('no client can reach a participant through the gateway', async () => {
  const settings = {
    ...{ NODE_ENV: 'test', AUTHENTICATION: 'development', PORT: '0', SANDBOX_PORT: 'off' },
    // Without it a key would be made beside a store that is not there.
    AUDIT_KEY: newSealKey(),
  };
  const gateway = await openHouse(readConfig(settings), store, createLogger({ level: 'silent', json: true }));
  try {
    for (const { name } of systems) {
      const { examine, inspect, apply } = participantOperations(name);
      const queries = [`{ ${examine} { keyed } }`, `{ ${inspect} { records { key } } }`];
      for (const query of [...queries, `mutation { ${apply} { status } }`]) {
        const answer = await fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        expect(await answer.json()).toMatchObject({
          errors: [{ extensions: { code: expect.stringMatching(/^GRAPHQL_VALIDATION_FAILED|OPERATION_/) } }],
        });
      }
    }
  } finally {
    await gateway.stop();
  }
});
