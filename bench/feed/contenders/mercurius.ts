import fastify from 'fastify';
import mercurius from 'mercurius';
import type { AddressInfo } from 'node:net';
import type { Published, Running } from '../contender.ts';
import { resolversByHand, sdl, type Arguments } from './schema.ts';

const topic = 'changes';

/** mercurius with its own WebSockets and its own way to publish in one process. */
export async function mercuriusServer(): Promise<Running> {
  const { change, executions } = resolversByHand();
  let subscribers = 0;
  const app = fastify({ logger: false });
  await app.register(mercurius as never, {
    schema: sdl,
    resolvers: {
      Subscription: {
        customerChanged: {
          subscribe: mercurius.withFilter(
            (_: unknown, __: unknown, { pubsub }: { pubsub: { subscribe(topic: string): unknown } }) => {
              subscribers += 1;
              return pubsub.subscribe(topic) as never;
            },
            (event: Published, asked: unknown) =>
              (asked as Arguments).filter.customerIds.includes(event.customerId),
          ),
          resolve: (event: Published) => change(event),
        },
      },
    },
    subscription: true,
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    port: (app.server.address() as AddressInfo).port,
    publish(changes) {
      setImmediate(() => {
        for (const payload of changes) void app.graphql.pubsub.publish({ topic, payload } as never);
      });
      return Promise.resolve();
    },
    subscribers: () => subscribers,
    executions,
    stop: () => app.close(),
  };
}
