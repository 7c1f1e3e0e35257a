import type { Db } from '../../runtime/db/index.ts';
import { createHttp } from '../../runtime/http.ts';
import type { RowsOf } from '../../runtime/rows.ts';
import type { Metrics } from '../../runtime/telemetry.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import { askedOf } from '../asked.ts';
import { cursorAt } from '../cursor.ts';
import { matcherOf } from '../filter.ts';
import type { Fingerprinter } from '../fingerprint.ts';
import type { Log } from '../log.ts';
import { namesOf } from '../names.ts';
import type { Tagged } from '../sequence.ts';
import { seeingIn, type Among } from '../seen.ts';
import { visible } from '../sight.ts';
import { startCourier } from './courier.ts';
import type { Boundary } from './deliver.ts';
import { principalBehind, principalOf, type Endpoint } from './endpoint.ts';
import { decidingIn } from './decided.ts';
import { endpointsIn } from './endpoints.ts';
import { showEndpoints } from './gauges.ts';
import { journalIn } from './journal.ts';
import { messageOf } from './message.ts';
import { sending } from './send.ts';
import { usualPatience, type Patience } from './verdict.ts';
import { webhooksIn, type OpenedWebhooks } from './webhooks.ts';

/** How endpoints are sent to. */
export interface DeliveryPace extends Patience {
  /** Milliseconds for which an endpoint is held without a word from its process. */
  readonly lease: number;
  /** Milliseconds for one attempt; at most a third of the lease. */
  readonly timeout: number;
  /** Endpoints that this process sends to at a time: of those that work, and of those whose last attempt failed. */
  readonly concurrency: readonly [working: number, failing: number];
  /** Milliseconds between two looks for what is due. */
  readonly interval: number;
  /** Milliseconds that a stopping process waits for what is under way. */
  readonly grace: number;
}

const usualPace: DeliveryPace = {
  ...usualPatience,
  lease: 40_000,
  timeout: 10_000,
  concurrency: [48, 16],
  interval: 1_000,
  grace: 2_000,
};

/** What an endpoint may not be told is decided when it is told. */
const everybody = { subject: 'webhooks', scopes: new Set(['*']) };

export interface OpenWebhooksOptions {
  readonly db: Db;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The entity whose changes are told. */
  readonly entity: EntityName;
  /** Attributes by which endpoints choose. */
  readonly tagged: readonly Tagged[];
  readonly fingerprint: Fingerprinter;
  /** Which entities somebody hears of. */
  readonly rowsOf: RowsOf;
  readonly among: Among;
  /** Whether endpoints may be in private networks, and without TLS. */
  readonly allowPrivate: boolean;
  /** Told of what failed on our side; it is tried again. */
  readonly failed: (error: unknown) => void;
}

/** Takes up what was left, and begins to tell endpoints of changes, over a store that has its migrations. */
export async function openWebhooks(
  options: OpenWebhooksOptions,
  pace: DeliveryPace = usualPace,
  at: (boundary: Boundary) => void | Promise<void> = () => undefined,
): Promise<OpenedWebhooks> {
  const { db, log, metrics, entity, tagged, fingerprint, rowsOf, among, allowPrivate, failed } = options;
  const { lease, timeout, concurrency, interval, grace } = pace;
  const http = createHttp({ publicOnly: !allowPrivate, answerLimit: 1024 * 1024 });
  const send = sending(http);
  const journal = journalIn(db, entity, lease);
  const endpoints = endpointsIn(db, entity);
  await journal.recover();
  const head = await log.head();
  const names = namesOf(entity, tagged);
  const filterOf = askedOf(entity, names, fingerprint);
  const readableTo = (endpoint: Endpoint) => visible(entity, principalOf(endpoint));
  /** It was checked when it was asked for: by now the contract may be another one. */
  const keptFilter = ({ filter }: Endpoint) => {
    try {
      return filterOf(filter, everybody);
    } catch {
      return null;
    }
  };
  const seeing = seeingIn(among);
  const courier = await startCourier({
    ...{ db, log, journal, send, patience: pace, timeout, concurrency, interval, failed, at },
    attempted: showEndpoints(metrics, db),
    matcherFor: (endpoint) => {
      const filter = keptFilter(endpoint);
      return filter && matcherOf(filter, readableTo(endpoint));
    },
    async seen({ viewers }, changes) {
      let seen = changes;
      for (const viewer of viewers)
        seen = await seeing.of(seen, rowsOf({ principal: principalBehind(viewer), caller: 'gateway' }));
      return seen;
    },
    messageFor: ({ endpoint }, change) =>
      messageOf(change, head.epoch, cursorAt(head, change.position), readableTo(endpoint)),
  });
  const webhooks = webhooksIn({
    ...{ endpoints, journal, log, send, allowPrivate, timeout, look: courier.look },
    decide: decidingIn(db, entity),
    filterOf,
    scope: `${names.reference}:operate:webhooks`,
  });
  let stopping: Promise<void> | undefined;
  return {
    ...{ webhooks, endpoints, log, names },
    stop: () => (stopping ??= courier.stop(grace).then(() => http.close())),
  };
}
