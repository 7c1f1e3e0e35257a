import type { RequestListener } from 'node:http';
import { createEngine } from '../../../gateway/engine/index.ts';
import { defaultLimits, documentRules } from '../../../gateway/limits.ts';
import { anyone, createDoor, loopbackHosts } from '../../../gateway/server.ts';
import { localSubgraph, remoteSubgraph, type Subgraph } from '../../../runtime/executor.ts';
import { createGuard, type Guard } from '../../../runtime/guard.ts';
import { createHttp } from '../../../runtime/http.ts';
import { scalars } from '../../../schema/scalars.ts';
import { memorySubgraphs, type SubgraphName } from '../memory.ts';
import { populationOf } from '../population.ts';
import { populationSize } from '../queries.ts';
import { supergraphAt, type UrlOf } from '../supergraph.ts';

/** As the settings have it by default. */
const guard = (system: string): Guard =>
  createGuard({
    system,
    concurrency: 64,
    queue: 1000,
    breaker: { failures: 5, openFor: 5000 },
    attempts: 2,
  });

/** Customer Graph in one process, behind its own door. */
export function inProcess(urlOf: UrlOf): RequestListener {
  const schemas = memorySubgraphs(populationOf(populationSize), guard);
  return doorTo(urlOf, (name) =>
    Object.hasOwn(schemas, name) ? localSubgraph(name, schemas[name as SubgraphName]) : unasked(name),
  );
}

/** A subgraph that is only there for writes. */
const unasked = (name: string): Subgraph => ({
  name,
  prepare: () => {
    throw new Error(`the questions ask nothing of ${name}`);
  },
});

/** Customer Graph's gateway, with the subgraphs elsewhere. */
export function overHttp(urlOf: UrlOf): RequestListener {
  const { post } = createHttp();
  return doorTo(urlOf, (name, url) => remoteSubgraph(name, url, { post, guard: guard(name) }));
}

function doorTo(urlOf: UrlOf, subgraphs: (name: string, url: string) => Subgraph): RequestListener {
  const rules = documentRules(defaultLimits, false);
  const limits = { tokens: defaultLimits.tokens };
  const engine = createEngine({ supergraph: supergraphAt(urlOf), scalars, subgraphs, rules, limits });
  const door = createDoor({
    engine,
    timeout: 2000,
    bodyLimit: 1_048_576,
    suggestions: false,
    authenticate: anyone,
    hosts: loopbackHosts,
  });
  return (request, response) => {
    if (!door(request, response)) response.writeHead(404).end();
  };
}
