import { entryOf, record } from '../../audit/index.ts';
import type { RequestContext } from '../../runtime/context.ts';
import type { Db } from '../../runtime/db/index.ts';
import type { Endpoint } from './endpoint.ts';
import { endpointsIn, type Endpoints } from './endpoints.ts';

/** What can be decided about endpoints, and the field of the contract by which it is. */
const decisions = {
  REGISTER: 'registerWebhook',
  UPDATE: 'updateWebhook',
  ROTATE: 'rotateWebhookSecret',
  PAUSE: 'pauseWebhook',
  ENABLE: 'enableWebhook',
  REPLAY: 'replayWebhook',
  REMOVE: 'removeWebhook',
} as const;

/** Carries out what a person decides about an endpoint, and records who did; what comes to nothing is not recorded. */
export type Decide = <Done>(
  decision: keyof typeof decisions,
  context: RequestContext,
  work: (endpoints: Endpoints) => Promise<Done>,
) => Promise<Done>;

/** @param entity the entity whose changes are told */
export function decidingIn(db: Db, entity: string): Decide {
  return (decision, context, work) =>
    db.transaction(async (tx) => {
      const done = await work(endpointsIn(tx, entity));
      const endpoint = endpointIn(done);
      if (endpoint) {
        const receipt = { kind: 'WEBHOOK', id: endpoint.id } as const;
        const told = { operation: decisions[decision], outcome: decision, receipt };
        await record(tx, [entryOf(context, { action: 'DECISION', ...told })]);
      }
      return done;
    });
}

/** The endpoint that something was done to; null where nothing was. */
function endpointIn(done: unknown): Pick<Endpoint, 'id'> | null {
  if (typeof done !== 'object' || done === null) return null;
  if ('endpoint' in done) return done.endpoint as Endpoint;
  return 'id' in done ? (done as Endpoint) : null;
}
