import type { Config } from '../runtime/config.ts';
import type { Db } from '../runtime/db/index.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { Logger, Metrics } from '../runtime/telemetry.ts';
import type { Events } from './open.ts';
import { eventsSubgraph, type FeedOptions } from './resolvers.ts';
import { openWebhooks, webhookResolvers } from './webhooks/index.ts';

export interface ChangesOptions extends Pick<
  FeedOptions,
  'entity' | 'members' | 'fingerprint' | 'livingAs' | 'rowsOf' | 'among'
> {
  readonly db: Db;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly config: Pick<Config, 'webhookAllowPrivate'>;
}

/** The feed's part of the graph, and the endpoints elsewhere that are told of changes as well, until it is stopped. */
export async function changesOf({
  db,
  events,
  entity,
  members,
  rowsOf,
  among,
  livingAs,
  fingerprint,
  metrics,
  logger,
  config,
}: ChangesOptions): Promise<{
  readonly name: string;
  readonly resolvers: Resolvers;
  stop(): Promise<void>;
}> {
  const told = { entity, fingerprint, rowsOf, among };
  const webhooks = await openWebhooks({
    ...{ db, metrics, log: events.log, tagged: events.tagged, ...told },
    allowPrivate: config.webhookAllowPrivate,
    failed: (error) => {
      logger.error('A delivery to a webhook failed on our side; it is taken up again.', { error });
    },
  });
  const subgraph = eventsSubgraph(events, {
    ...told,
    members,
    ...(livingAs ? { livingAs } : {}),
    also: webhookResolvers(webhooks),
  });
  return { ...subgraph, stop: () => webhooks.stop() };
}
