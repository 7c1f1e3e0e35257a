import type { Db } from '../../runtime/db/index.ts';
import { json, type Route } from '../sandbox/api.ts';
import type { Happening } from '../sandbox/hook.ts';
import { settled } from '../sandbox/settled.ts';
import { error, root } from './answers.ts';
import { customerOf } from './customer-routes.ts';
import type { BillingCustomer } from './customer.ts';
import type { InvoiceBody, SubscriptionBody } from './tables.ts';
import { secondsOf } from './times.ts';

/** What was done to a customer, an invoice or a subscription. */
type Recorded = Happening & { readonly body: BillingCustomer & (InvoiceBody | SubscriptionBody) };

const verbs = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' } as const;
const page = 100;
const window = `interval '30 days'`;
const ours = `entity in ('billing_customer', 'billing_invoice', 'billing_subscription')`;

/**
 * The billing system's events: what was done through its API, in the order in which it was done, for 30 days, each with
 * the object as it then was. `after` is an event's id, or `now`; `last` of an answer is where to go on.
 */
export function eventRoutes(db: Db): readonly Route[] {
  return [
    {
      method: 'GET',
      path: `${root}/events`,
      async serve({ query = {} }) {
        const { seq } = await settled(db, 'billing_customer');
        if (query.after === 'now') return answer([], seq, false);
        const after = query.after === undefined ? null : /^evt_(\d{14})$/.exec(query.after)?.[1];
        if (after === undefined) return refused('event_invalid', 'Invalid after: not the id of an event');
        if (after !== null && (await forgotten(after))) {
          return refused(
            'event_expired',
            'Events after this one are no longer kept; begin with a list of customers',
          );
        }
        const events = await db.query<Recorded>(
          `select seq, at, entity, key, kind, version, body from sandbox_history
           where ${ours} and seq > $1 and seq <= $2 and at > now() - ${window} order by seq limit $3`,
          [after ?? '0', seq, page + 1],
        );
        const more = events.length > page;
        const shown = events.slice(0, page);
        return answer(shown.map(eventOf), more ? (shown.at(-1)?.seq ?? seq) : seq, more);
      },
    },
  ];

  /** Whether something happened after an event that is not told any more. */
  async function forgotten(after: string): Promise<boolean> {
    const lost = await db.query(
      `select 1 from sandbox_history where ${ours} and seq > $1 and at <= now() - ${window} limit 1`,
      [after],
    );
    return lost.length > 0;
  }
}

function answer(events: readonly unknown[], seq: string, more: boolean) {
  return json(200, { object: 'list', data: events, has_more: more, last: eventId(seq) });
}

/** Something that was done, as the API tells it. */
export function eventOf({ seq, at, entity, key, kind, version, body }: Recorded) {
  const kindOf = entity.slice('billing_'.length);
  const object =
    entity === 'billing_customer'
      ? customerOf({ key, body, version: Number(version), modified: at })
      : { id: key, object: kindOf, ...body };
  return {
    id: eventId(seq),
    object: 'event',
    type: `${kindOf}.${verbs[kind]}`,
    created: secondsOf(at),
    data: { object },
  };
}

function eventId(seq: string): string {
  return `evt_${seq.padStart(14, '0')}`;
}

function refused(code: string, message: string) {
  return error(400, { code, param: 'after', message });
}
