import DataLoader from 'dataloader';
import { validate } from 'uuid';
import type { RequestContext } from '../../runtime/context.ts';
import { decodeCursor, encodeCursor, pageSize } from '../../runtime/cursor.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Principal } from '../../runtime/principal.ts';
import type { Resolvers, Webhook, WebhookFilter } from '../../schema/generated/events.ts';
import { cursorAt } from '../cursor.ts';
import type { Head } from '../change.ts';
import type { Delivery, Endpoint } from './endpoint.ts';
import type { Arranged, OpenedWebhooks } from './webhooks.ts';

const list = 'webhooks 1';

/** The public surface of endpoints, to be merged into the resolvers of the change feed. */
export function webhookResolvers({ webhooks, endpoints, log, names }: OpenedWebhooks) {
  /** The log's end, once for a request. */
  const headFor = (context: RequestContext): Promise<Head> => context.memo(webhooks, () => log.head());
  const shown = async (endpoint: Endpoint, context: RequestContext) =>
    shownEndpoint(endpoint, await headFor(context));
  const arranged = async <T extends Arranged>({ endpoint, ...rest }: T, context: RequestContext) => ({
    ...rest,
    webhook: endpoint && (await shown(endpoint, context)),
  });
  const mustMay = (principal: Principal): void => {
    if (!webhooks.may(principal))
      throw new Failure('FORBIDDEN', `This needs the scope ${names.reference}:operate:webhooks.`);
  };

  return {
    Query: {
      async webhooks(_, { first, after, states }, context) {
        mustMay(context.principal);
        const before = after == null ? null : decodeCursor(list, after);
        if (before !== null && !validate(before))
          throw new Failure('INVALID_CURSOR', 'This cursor was changed; use an endCursor as it was given.');
        const size = pageSize(first);
        const found = await endpoints.list(size, before, states ?? null);
        const edges = await Promise.all(
          found.slice(0, size).map(async (one) => ({
            cursor: encodeCursor(list, one.id),
            node: await shown(one, context),
          })),
        );
        return {
          edges,
          pageInfo: {
            hasNextPage: found.length > size,
            hasPreviousPage: before !== null,
            startCursor: edges[0]?.cursor ?? null,
            endCursor: edges.at(-1)?.cursor ?? null,
          },
        };
      },
      async webhook(_, { id }, context) {
        mustMay(context.principal);
        const found = await endpoints.find(id);
        return found && shown(found, context);
      },
    },
    Mutation: {
      registerWebhook: async (_, { input }, context) => {
        const { url, filter = null, description = null, after = null } = input;
        return arranged(await webhooks.register({ url, filter, description, after }, context), context);
      },
      updateWebhook: async (_, { input }, context) => {
        const { id, url, filter, description } = input;
        return arranged(
          await webhooks.amend(id, { url: url ?? undefined, filter, description }, context),
          context,
        );
      },
      rotateWebhookSecret: async (_, { id }, context) =>
        arranged(await webhooks.rotate(id, context), context),
      pauseWebhook: async (_, { id }, context) => arranged(await webhooks.pause(id, context), context),
      enableWebhook: async (_, { id, skipMissed }, context) =>
        arranged(await webhooks.enable(id, skipMissed, context), context),
      replayWebhook: async (_, { id, after }, context) =>
        arranged(await webhooks.replay(id, after, context), context),
      removeWebhook: async (_, { id }, context) => arranged(await webhooks.remove(id, context), context),
      testWebhook: async (_, { id }, context) => arranged(await webhooks.test(id, context), context),
    },
    Webhook: {
      deliveries({ id }, { first }, context) {
        const most = pageSize(first);
        const loaders = context.memo(
          endpoints,
          () => new Map<number, DataLoader<string, readonly Delivery[]>>(),
        );
        const loader =
          loaders.get(most) ??
          new DataLoader<string, readonly Delivery[]>(async (ids) => {
            const found = await endpoints.deliveries(ids, most);
            return ids.map((one) => found.get(one) ?? []);
          });
        loaders.set(most, loader);
        return loader.load(id);
      },
    },
  } satisfies Resolvers;
}

/** An endpoint in the contract's form. */
function shownEndpoint(endpoint: Endpoint, head: Head): Webhook {
  const { id, url, description, state, reason, registeredBy, registeredAt, failures } = endpoint;
  const { failingSince, nextAttemptAt, formerSecretUntil, position } = endpoint;
  return {
    ...{ id, url, description, state, reason, registeredBy, registeredAt, failures },
    ...{ failingSince, nextAttemptAt, formerSecretUntil },
    // Its conditions were checked against the contract's words when it was asked for.
    filter: endpoint.filter as object as WebhookFilter,
    // Has a resolver of its own.
    deliveries: [],
    cursor: cursorAt(head, position),
    behind: Math.max(0, Number(BigInt(head.position) - BigInt(position))),
  };
}
