import type { RequestListener } from 'node:http';
import { parse, print, visit } from 'graphql';
import { createEngine, type Engine } from '../../gateway/engine/index.ts';
import { unmaskScope } from '../../gateway/http/unmask.ts';
import { defaultLimits, documentRules } from '../../gateway/limits.ts';
import { createDoor, loopbackHosts, selfDeclared } from '../../gateway/server.ts';
import { localSubgraph, type Subgraph } from '../../runtime/executor.ts';
import { scalars } from '../../schema/scalars.ts';
import { memorySubgraphs, type SubgraphName } from '../read/memory.ts';
import { populationOf, type Population } from '../read/population.ts';
import { populationSize } from '../read/queries.ts';
import { supergraphAt } from '../read/supergraph.ts';

/** One way to stand at the door. */
export interface Contender {
  readonly key: string;
  readonly title: string;
  /** Of each request, besides what every request has. */
  readonly headers: Readonly<Record<string, string>>;
  readonly engine: () => Engine;
}

const readers = ['customer:read', 'customer:read:finance', 'customer:read:billing'].join(' ');

/** The first of these is what the others are compared with. */
export const contenders: readonly Contender[] = [
  {
    key: 'open',
    title: 'a graph that asks for nothing',
    headers: {},
    engine: () => engineOver(withoutClearance(supergraph())),
  },
  {
    key: 'scopes',
    title: 'scopes on every attribute, one caller who has all',
    headers: {},
    engine: () => engineOver(supergraph()),
  },
  {
    key: 'named',
    title: 'scopes on every attribute, a caller who names three in each request; personal data masked',
    headers: { 'x-principal': 'reader', 'x-scopes': readers },
    engine: () => engineOver(supergraph()),
  },
  {
    key: 'again',
    title: 'the first again: what it differs by is chance, and its place behind the others',
    headers: {},
    engine: () => engineOver(withoutClearance(supergraph())),
  },
];

const supergraph = (): string => supergraphAt((name) => `http://${name}.invalid`);

const deciding = new Set(['authenticated', 'requiresScopes', 'policy', 'personal']);

/** The same graph without a word about who may read what. */
function withoutClearance(text: string): string {
  return print(
    visit(parse(text), { Directive: ({ name }) => (deciding.has(name.value) ? null : undefined) }),
  );
}

/** One for all, so that nobody has the better place in memory. */
let population: Population | undefined;

function engineOver(text: string): Engine {
  const schemas = memorySubgraphs(
    (population ??= populationOf(populationSize)),
    () => (context, run) => run(context.signal),
  );
  return createEngine({
    supergraph: text,
    scalars,
    subgraphs: (name) =>
      Object.hasOwn(schemas, name) ? localSubgraph(name, schemas[name as SubgraphName]) : unasked(name),
    rules: documentRules(defaultLimits, false),
    limits: { tokens: defaultLimits.tokens },
    unmask: unmaskScope,
  });
}

/** A contender behind the door of the product. */
export function listenerOf({ engine }: Contender): RequestListener {
  const answer = createDoor({
    engine: engine(),
    timeout: 2000,
    bodyLimit: 1_048_576,
    suggestions: false,
    authenticate: selfDeclared(),
    hosts: loopbackHosts,
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
