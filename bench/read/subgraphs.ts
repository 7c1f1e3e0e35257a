/**
 * A process: the subgraphs over HTTP, as cheaply as they can be served, so that the gateways in front of them are what
 * is measured. One port, one path for each; counts requests.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestContext } from '../../runtime/context.ts';
import {
  localSubgraph,
  type PreparedFetch,
  type Subgraph,
  type SubgraphResult,
} from '../../runtime/executor.ts';
import { report } from './ipc.ts';
import { memorySubgraphs, subgraphNames } from './memory.ts';
import { populationOf } from './population.ts';
import { populationSize } from './queries.ts';
import { serve } from './serve.ts';

const schemas = memorySubgraphs(populationOf(populationSize), () => (context, run) => run(context.signal));
const answers = new Map<string, ReturnType<typeof answerer>>(
  subgraphNames.map((name) => [`/${name}`, answerer(localSubgraph(name, schemas[name]))] as const),
);
const { signal } = new AbortController();
let requests = 0;

const { port } = await serve((request, response) => {
  const answer = answers.get(request.url ?? '');
  if (answer) answer(request, response);
  else response.writeHead(404).end();
});
report(port, () => requests);

function answerer(subgraph: Subgraph) {
  const prepared = new Map<string, PreparedFetch>();
  return (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests += 1;
      const text = chunks.length === 1 && chunks[0] ? chunks[0].toString() : Buffer.concat(chunks).toString();
      const { query, variables } = JSON.parse(text) as { query: string; variables?: Record<string, unknown> };
      const run = prepared.get(query) ?? subgraph.prepare(query);
      prepared.set(query, run);
      const send = (result: SubgraphResult): void => {
        const body = JSON.stringify(result);
        response.writeHead(200, [
          'content-type',
          'application/json',
          'content-length',
          `${Buffer.byteLength(body)}`,
        ]);
        response.end(body);
      };
      void Promise.resolve(run(variables ?? {}, requestContext({ timeout: 10_000, signal }))).then(send);
    });
  };
}
