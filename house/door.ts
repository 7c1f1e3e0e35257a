import { join } from 'node:path';
import type { Reads } from '../audit/index.ts';
import { webhookDoor } from '../events/index.ts';
import { admitting, authenticating } from '../gateway/authentication.ts';
import { openDocuments } from '../gateway/documents/open.ts';
import { examplesIn } from '../gateway/examples.ts';
import { gatewayOf } from '../gateway/graph.ts';
import { requestLog } from '../gateway/request-log.ts';
import type { Authenticate } from '../gateway/server.ts';
import type { Served } from '../runtime/apart.ts';
import type { Subgraph } from '../runtime/executor.ts';
import type { Http } from '../runtime/http.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import { sendersWith } from '../subgraphs/index.ts';
import type { Ground } from './ground.ts';

const root = join(import.meta.dirname, '..');

/** How the gateway knows its callers. */
export function authenticateBy({ config, store, logger }: Ground, { send }: Http): Authenticate {
  return authenticating(config, {
    send,
    claims: store.identity.rowRules.claims,
    failed: (error, issuer) => {
      logger.warn('The keys of an issuer could not be had; it is tried again.', { issuer, error });
    },
  });
}

/** Scrapers are callers like others; in development, and where there are subgraphs only, nobody is asked. */
export function scrapedBy(metrics: Metrics, authenticate: Authenticate | undefined) {
  return authenticate ? { ...metrics, admit: admitting(authenticate, 'customer:operate:metrics') } : metrics;
}

/** The public door: the graph, and messages that systems send. */
export async function doorOf(
  { config, store: { db, identity, fingerprint }, metrics, logger }: Ground,
  subgraph: (name: string) => Subgraph,
  { authenticate, reads }: { readonly authenticate: Authenticate; readonly reads: Reads },
): Promise<Served> {
  const examples = await examplesIn(
    join(root, 'examples'),
    config.authentication === 'development' ? identity : undefined,
  );
  const textOf = await openDocuments(config.trustedDocuments, root, db, logger);
  const graph = gatewayOf(config, subgraph, requestLog(logger, metrics), examples, {
    ...{ authenticate, reads, textOf },
    pseudonym: fingerprint,
    rowsOf: identity.rowsOf,
  });
  const senders = sendersWith(config.webhookSecrets);
  const options = { db, metrics, senders, bodyLimit: config.bodyLimitBytes };
  return { ...graph, answer: webhookDoor(options, graph.answer) };
}
