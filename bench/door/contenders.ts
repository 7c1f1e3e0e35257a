import type { RequestListener } from 'node:http';
import { parse, print, visit } from 'graphql';
import { createAdmission, defaultCostLimit } from '../../gateway/admission.ts';
import { createEngine, type Engine } from '../../gateway/engine/index.ts';
import { unmaskScope } from '../../gateway/http/unmask.ts';
import { defaultLimits, documentRules } from '../../gateway/limits.ts';
import {
  anyone,
  bearer,
  createDoor,
  loopbackHosts,
  selfDeclared,
  type Authenticate,
} from '../../gateway/server.ts';
import { localSubgraph, type Subgraph } from '../../runtime/executor.ts';
import { createTokens } from '../../runtime/token.ts';
import { scalars } from '../../schema/scalars.ts';
import { memorySubgraphs, type SubgraphName } from '../read/memory.ts';
import { populationOf, type Population } from '../read/population.ts';
import { populationSize } from '../read/queries.ts';
import { supergraphAt } from '../read/supergraph.ts';
import { audience, issuer } from './issuer.ts';

/** One way to stand at the door. */
export interface Contender {
  readonly key: string;
  readonly title: string;
  /** Who is asking: nobody is asked, the caller says it, or a token does. */
  readonly callers: 'anyone' | 'named' | 'tokens';
  /** Whether attributes say who may read them. */
  readonly scopes: boolean;
  /** Whether documents, costs and budgets have limits. */
  readonly limits: boolean;
}

/** What callers who are asked for their scopes have: personal data is shown to them masked. */
export const readers = ['customer:read', 'customer:read:finance', 'customer:read:billing'];

/** The first of these is what the others are compared with. */
export const contenders: readonly Contender[] = [
  {
    ...{ key: 'open', callers: 'anyone', scopes: false, limits: false },
    title: 'a graph that asks for nothing: no callers, no scopes, no limits',
  },
  {
    ...{ key: 'tokens', callers: 'tokens', scopes: false, limits: false },
    title: 'access tokens of 64 callers, each verified once and then known',
  },
  {
    ...{ key: 'limits', callers: 'anyone', scopes: false, limits: true },
    title: 'limits of documents and costs, and a budget for each caller, told in each answer',
  },
  {
    ...{ key: 'scopes', callers: 'anyone', scopes: true, limits: false },
    title: 'scopes on every attribute, one caller who has all',
  },
  {
    ...{ key: 'named', callers: 'named', scopes: true, limits: false },
    title: 'scopes on every attribute, a caller who names three in each request; personal data masked',
  },
  {
    ...{ key: 'door', callers: 'tokens', scopes: true, limits: true },
    title: 'the whole door: tokens with three scopes, limits and budgets; personal data masked',
  },
  {
    ...{ key: 'again', callers: 'anyone', scopes: false, limits: false },
    title: 'the first again: what it differs by is chance, and its place behind the others',
  },
];

/** The headers of a caller's request, besides what every request has. */
export function headersOf({ callers }: Contender, token: string): Readonly<Record<string, string>> {
  switch (callers) {
    case 'anyone':
      return {};
    case 'named':
      return { 'x-principal': 'reader', 'x-scopes': readers.join(' ') };
    case 'tokens':
      return { authorization: `Bearer ${token}` };
  }
}

const deciding = new Set(['authenticated', 'requiresScopes', 'policy', 'personal']);

/** The graph, or the same graph without a word about who may read what. */
function supergraph(scopes: boolean): string {
  const text = supergraphAt((name) => `http://${name}.invalid`);
  if (scopes) return text;
  return print(
    visit(parse(text), { Directive: ({ name }) => (deciding.has(name.value) ? null : undefined) }),
  );
}

/** One for all, so that nobody has the better place in memory. */
let population: Population | undefined;

export function engineOf({ scopes, limits }: Contender): Engine {
  const schemas = memorySubgraphs(
    (population ??= populationOf(populationSize)),
    () => (context, run) => run(context.signal),
  );
  return createEngine({
    supergraph: supergraph(scopes),
    scalars,
    subgraphs: (name) =>
      Object.hasOwn(schemas, name) ? localSubgraph(name, schemas[name as SubgraphName]) : unasked(name),
    rules: limits ? documentRules(defaultLimits, false) : [],
    limits: { tokens: defaultLimits.tokens },
    unmask: unmaskScope,
  });
}

/** How a contender knows its callers. `keys`: those of the issuer of their tokens. */
export function authenticateOf({ callers }: Contender, keys: string): Authenticate {
  if (callers === 'anyone') return anyone;
  if (callers === 'named') return selfDeclared();
  return bearer(
    createTokens({
      issuers: [{ issuer, keysUrl: `${issuer}/keys` }],
      audiences: [audience],
      algorithms: ['ES256'],
      scopeClaim: 'scope',
      claims: [],
      fetch: () => Promise.resolve({ status: 200, headers: {}, text: keys }),
      failed: (fault) => {
        throw fault;
      },
    }),
  );
}

/** More than anybody spends in a minute, so that nobody is refused. */
const budget = 1e12;

/** A contender behind the door of the product. */
export function listenerOf(contender: Contender, keys: string): RequestListener {
  const answer = createDoor({
    engine: engineOf(contender),
    timeout: 2000,
    bodyLimit: 1_048_576,
    suggestions: false,
    authenticate: authenticateOf(contender, keys),
    hosts: loopbackHosts,
    ...(contender.limits
      ? { admit: createAdmission({ costLimit: defaultCostLimit, costBudget: budget }) }
      : {}),
  });
  return (request, response) => {
    if (!answer(request, response)) response.writeHead(404).end();
  };
}

/** A subgraph that the questions ask nothing of. */
const unasked = (name: string): Subgraph => ({
  name,
  prepare: () => {
    throw new Error(`the questions ask nothing of ${name}`);
  },
});
