import { buildSchema, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { serve } from '../../read/serve.ts';
import type { Published, Running } from '../contender.ts';
import { createHub, type Hub } from './hub.ts';
import { resolversByHand, sdl, type Arguments } from './schema.ts';

/** graphql-ws as its documentation has it: graphql-js subscribes, and executes each event for each subscriber. */
export async function naive(): Promise<Running> {
  const hub = createHub();
  const { schema, executions } = schemaOver(hub);
  return serving(hub, executions, { schema });
}

/** The same with documents parsed once for all, so that what it keeps of a subscriber is the least that it can. */
export async function alone(): Promise<Running> {
  const hub = createHub();
  const { schema, executions } = schemaOver(hub);
  const documents = new Map<string, DocumentNode>();
  return serving(hub, executions, {
    onSubscribe(_context, _id, { query, variables }) {
      const document = documents.get(query) ?? parse(query, { noLocation: true });
      documents.set(query, document);
      return { schema, document, variableValues: variables ?? {} };
    },
  });
}

function schemaOver(hub: Hub) {
  const { change, executions } = resolversByHand();
  const schema: GraphQLSchema = buildSchema(sdl);
  const field = schema.getSubscriptionType()?.getFields().customerChanged;
  if (!field) throw new Error('the schema has the subscription');
  field.subscribe = (_: unknown, { filter }: Arguments) => hub.listen(filter.customerIds);
  field.resolve = (event: Published) => change(event);
  return { schema, executions };
}

async function serving(hub: Hub, executions: () => number, options: ServerOptions): Promise<Running> {
  const { port, server } = await serve((_request, response) => response.writeHead(404).end());
  const sockets = useServer(options, new WebSocketServer({ server, path: '/graphql' }));
  return {
    port,
    publish: hub.publish,
    subscribers: hub.listeners,
    executions,
    async stop() {
      await sockets.dispose();
      server.close();
    },
  };
}
