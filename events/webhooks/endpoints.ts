import { v7, validate } from 'uuid';
import type { Queryable } from '../../runtime/db/index.ts';
import { newWebhookSecret } from '../../runtime/signature.ts';
import type { AskedFilter } from '../asked.ts';
import type { Delivery, Endpoint, EndpointState, Viewer } from './endpoint.ts';
import { deliveryOf, endpointColumns, endpointOf, type DeliveryRow, type EndpointRow } from './row.ts';
import { rotated, signing } from './secrets.ts';

/** Endpoints there may be. */
export const endpointLimit = 1000;

/** An endpoint to be registered. */
export interface Registration {
  readonly url: string;
  readonly description: string | null;
  readonly filter: AskedFilter;
  readonly registeredBy: string;
  readonly scopes: readonly string[];
  readonly viewers: readonly Viewer[];
  /** After which position it is told; null for the end of the log. */
  readonly position: string | null;
}

export interface Secured {
  readonly endpoint: Endpoint;
  readonly secret: string;
}

/** What is to be different about an endpoint; what is undefined stays. */
export interface Amendment {
  readonly url?: string | undefined;
  readonly filter?: AskedFilter | undefined;
  readonly description?: string | null | undefined;
  readonly scopes: readonly string[];
  readonly viewers: readonly Viewer[];
}

/** An endpoint as a person saw it. */
export interface Stored extends Endpoint {
  readonly revision: number;
}

/** The endpoints as people arrange them; null is for one that there is not. */
export interface Endpoints {
  find(id: string): Promise<Stored | null>;
  /** Secrets that sign now, the current one first. */
  secretsOf(id: string): Promise<readonly string[]>;
  /** Newest first, those before an id; one more than asked for says that there are more. */
  list(
    first: number,
    before: string | null,
    states: readonly EndpointState[] | null,
  ): Promise<readonly Endpoint[]>;
  /** The id of the endpoint that has the address already, `FULL` where there are too many. */
  register(asked: Registration): Promise<Secured | { readonly same: string } | 'FULL'>;
  /** `STALE` where it is no longer as it was seen; rejects where another one has the address. */
  amend(seen: Stored, amended: Amendment): Promise<Endpoint | 'STALE'>;
  rotate(id: string): Promise<Secured | null>;
  pause(id: string): Promise<Endpoint | null>;
  /** Null as well where it is behind what the log has, unless it skips what it missed. */
  enable(id: string, skipMissed: boolean): Promise<Endpoint | null>;
  replay(id: string, position: string): Promise<Endpoint | null>;
  remove(id: string): Promise<Endpoint | null>;
  /** The last attempts of many endpoints, newest first. */
  deliveries(ids: readonly string[], most: number): Promise<ReadonlyMap<string, readonly Delivery[]>>;
}

/** What is tried at once, unless somebody sends to it just now: he lets go of it first. */
const atOnce =
  'failures = 0, failing_since = null, due = case when leased then due else clock_timestamp() end';

/**
 * What changes anything belongs into a transaction.
 * @param entity the entity whose changes are told
 */
export function endpointsIn(db: Queryable, entity: string): Endpoints {
  const one = async (sql: string, values: readonly unknown[]): Promise<Endpoint | null> => {
    const [row] = await db.query<EndpointRow>(`${sql} returning ${endpointColumns}`, values);
    return row ? endpointOf(row) : null;
  };
  const select = `select ${endpointColumns} from events_webhook`;
  return {
    async find(id) {
      if (!validate(id)) return null;
      const [row] = await db.query<EndpointRow>(`${select} where id = $1 and entity = $2`, [id, entity]);
      return row ? { ...endpointOf(row), revision: row.revision } : null;
    },

    async secretsOf(id) {
      const [row] = await db.query<EndpointRow>(`${select} where id = $1`, [id]);
      return signing(row?.secrets ?? [], Date.now()).map(({ secret }) => secret);
    },

    async list(first, before, states) {
      const rows = await db.query<EndpointRow>(
        `${select} where entity = $1 and ($2::uuid is null or id < $2) and ($3::text[] is null or state = any($3))
         order by id desc limit $4`,
        [entity, before, states, first + 1],
      );
      return rows.map(endpointOf);
    },

    async register({ url, description, filter, registeredBy, scopes, viewers, position }) {
      const secret = newWebhookSecret();
      const endpoint = await one(
        `insert into events_webhook (id, entity, url, description, filter, registered_by, scopes, viewers, secrets, position)
         select $1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, coalesce($10::bigint, position) from events_head
         where (select count(*) from events_webhook) < $11
         on conflict (url) do nothing`,
        [
          ...[v7(), entity, url, description, filter, registeredBy, scopes, JSON.stringify(viewers)],
          ...[JSON.stringify([{ secret, until: null }]), position, endpointLimit],
        ],
      );
      if (endpoint) return { endpoint, secret };
      const [same] = await db.query<{ id: string }>('select id from events_webhook where url = $1', [url]);
      return same ? { same: same.id } : 'FULL';
    },

    async amend({ id, revision }, { url, filter, description, scopes, viewers }) {
      const amended = await one(
        `update events_webhook set url = coalesce($3, url), filter = coalesce($4::jsonb, filter),
           description = case when $5 then $6 else description end, scopes = $7, viewers = $8::jsonb, revision = revision + 1, ${atOnce}
         where id = $1 and revision = $2`,
        [
          ...[id, revision, url, filter, description !== undefined, description, scopes],
          JSON.stringify(viewers),
        ],
      );
      return amended ?? 'STALE';
    },

    async rotate(id) {
      const [row] = await db.query<EndpointRow>(`${select} where id = $1 and entity = $2 for update`, [
        id,
        entity,
      ]);
      if (!row) return null;
      const secret = newWebhookSecret();
      const secrets = JSON.stringify(rotated(row.secrets, secret, Date.now()));
      const endpoint = await one('update events_webhook set secrets = $2::jsonb where id = $1', [
        id,
        secrets,
      ]);
      return endpoint && { endpoint, secret };
    },

    pause: (id) =>
      one(
        `update events_webhook set state = case when state = 'ACTIVE' then 'PAUSED' else state end
         where id = $1 and entity = $2`,
        [id, entity],
      ),

    enable: (id, skipMissed) =>
      one(
        `update events_webhook set state = 'ACTIVE', reason = null, ${atOnce},
           position = case when $3 then h.last else position end,
           revision = revision + case when $3 then 1 else 0 end
         from (select position as last, floor from events_head) h
         where id = $1 and entity = $2 and ($3 or position >= h.floor)`,
        [id, entity, skipMissed],
      ),

    replay: (id, position) =>
      one(
        `update events_webhook set position = $3, revision = revision + 1, ${atOnce} where id = $1 and entity = $2`,
        [id, entity, position],
      ),

    remove: (id) => one('delete from events_webhook where id = $1 and entity = $2', [id, entity]),

    async deliveries(ids, most) {
      const rows = await db.query<DeliveryRow>(
        `select d.* from unnest($1::uuid[]) asked (id), lateral (
           select * from events_delivery where webhook_id = asked.id order by number desc limit $2) d
         order by d.number desc`,
        [ids, most],
      );
      const found = Map.groupBy(rows, (row) => row.webhook_id);
      return new Map([...found].map(([id, some]) => [id, some.map(deliveryOf)]));
    },
  };
}
