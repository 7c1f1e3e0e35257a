import type { Call, Connector, FeedPage, ListPage, ListRequest, Versioned, Where } from '../connector.ts';
import { refusedBy, type RefusalTable } from '../refusal.ts';
import type { Wire, WireRequest } from '../wire.ts';
import { root, type BillingError } from './answers.ts';
import { customerFields, type BillingCustomer, type BillingRows, type ShownCustomer } from './customer.ts';
import { customersChanged, type BillingEvent } from './events.ts';
import { instantOf } from './times.ts';

interface List<T> {
  readonly data: readonly T[];
  readonly has_more: boolean;
}

/** A page of the rows of one customer, as the billing system's API shows it. */
interface Rows<Row> extends List<Row & { readonly position: string }> {
  readonly customer: string;
  readonly total_count: number;
}

const refusals: RefusalTable = {
  system: 'billing',
  read: (body) => {
    const { error } = body as { error: BillingError };
    return [{ code: error.code, message: error.message, field: error.param?.replace(/\[.*/, '') }];
  },
  codes: {
    resource_missing: 'NOT_FOUND',
    parameter_unknown: 'INVALID_VALUE',
    parameter_missing: 'INVALID_VALUE',
    parameter_invalid: 'INVALID_VALUE',
    customer_owes: 'INVALID_VALUE',
    event_invalid: 'INVALID_CURSOR',
    event_expired: 'INVALID_CURSOR',
    idempotency_key_invalid: 'BAD_REQUEST',
    idempotency_key_reused: 'BAD_REQUEST',
    rate_limit: 'RATE_LIMITED',
    // The first request with the key may still fail: nothing is known, as with a system that does not answer.
    idempotency_key_in_use: 'SYSTEM_UNAVAILABLE',
    internal_error: 'SYSTEM_UNAVAILABLE',
    unavailable: 'SYSTEM_UNAVAILABLE',
  },
};

/** Speaks the billing system's API: customers by metadata, idempotency keys on every write, a feed of events. */
export function billingConnector(wire: Wire): Connector<BillingCustomer, BillingRows> {
  async function answered<T>(request: WireRequest, call: Call): Promise<T> {
    const response = await wire(request, call);
    if (response.status >= 400) throw refusedBy(refusals, response);
    return response.body as T;
  }

  function posted(path: string, body: Partial<BillingCustomer>, wireKey: string | undefined, call: Call) {
    const headers: Record<string, string> = wireKey === undefined ? {} : { 'idempotency-key': wireKey };
    return answered<ShownCustomer>(
      { method: 'POST', path: `${root}${path}`, headers, body: unsetting(body) },
      call,
    );
  }

  const customers = (query: Readonly<Record<string, string>>, call: Call) =>
    answered<List<ShownCustomer>>({ method: 'GET', path: `${root}/customers`, query }, call);

  const byId = async (ids: readonly string[], call: Call) =>
    ids.length > 0 ? (await customers({ 'id[in]': ids.join() }, call)).data : [];

  const events = (after: string, call: Call) =>
    answered<List<BillingEvent> & { readonly last: string }>(
      { method: 'GET', path: `${root}/events`, query: { after } },
      call,
    );

  return {
    capabilities: {
      conditionalWrite: 'none',
      idempotency: { by: 'key', retentionHours: 24 },
      withdrawal: 'delete',
      merge: false,
      readBack: true,
      feed: { deletesVisible: true, windowDays: 30 },
      batchSize: 100,
      concurrency: 25,
    },

    async read(ids, fields, call) {
      return new Map(
        (await byId(ids, call)).map((shown) => [shown.id, versioned(shown, limited(shown, fields))]),
      );
    },

    async list<K extends keyof BillingRows>(kind: K, request: ListRequest, call: Call) {
      const { parents, first, after, where } = request;
      const query = {
        'customer[in]': parents.join(),
        limit: String(first),
        ...(after === null ? {} : { after }),
      };
      const path = `${root}/${kind}s`;
      const { data } = await answered<List<Rows<BillingRows[K]>>>(
        { method: 'GET', path, query: { ...query, ...worded(where) } },
        call,
      );
      return new Map(
        data.map((page): [string, ListPage<BillingRows[K]>] => [
          page.customer,
          {
            rows: page.data.map((row) => ({ position: row.position, row })),
            total: page.total_count,
            hasNext: page.has_more,
          },
        ]),
      );
    },

    async find(customerId, call) {
      const [shown] = (await customers({ 'metadata[customer]': customerId }, call)).data;
      return shown ? whole(shown) : null;
    },

    create: async (record, { wireKey }, call) => whole(await posted('/customers', record, wireKey, call)),

    update: async (id, changes, { wireKey }, call) =>
      whole(await posted(`/customers/${encodeURIComponent(id)}`, changes, wireKey, call)),

    async erase(id, { wireKey }, call) {
      const headers: Record<string, string> = wireKey === undefined ? {} : { 'x-request-key': wireKey };
      const path = `${root}/customers/${encodeURIComponent(id)}/erase`;
      await answered({ method: 'POST', path, headers, body: {} }, call);
    },

    async withdraw(id, { wireKey }, call) {
      // What is deleted stays so however often that is asked for: a key only finds the call in the log.
      const headers: Record<string, string> = wireKey === undefined ? {} : { 'x-request-key': wireKey };
      const path = `${root}/customers/${encodeURIComponent(id)}`;
      await answered({ method: 'DELETE', path, headers }, call);
    },

    async changes(since, call): Promise<FeedPage<BillingCustomer>> {
      const place = since?.split(' ') ?? [];
      if (since !== null && place.length === 1) {
        const page = await events(since, call);
        const { gone, moved } = customersChanged(page.data);
        // One that is not there any more is told as gone by an event that is still to come.
        const present = await byId([...moved.keys()], call);
        return {
          changed: [
            ...gone.map((key) => ({ key, deleted: true as const })),
            ...present.map((shown) => {
              const rows = moved.get(shown.id) ?? [];
              return rows.length > 0 ? { ...whole(shown), moved: rows } : whole(shown);
            }),
          ],
          next: page.last,
          more: page.has_more,
        };
      }
      // Events reach back 30 days only: first the customers that there are, then the events from where that began.
      const [then = (await events('now', call)).last, after] = place;
      const page = await customers(after === undefined ? {} : { starting_after: after }, call);
      const last = page.data.at(-1)?.id ?? after;
      return {
        changed: page.data.map(whole),
        next: page.has_more && last !== undefined ? `${then} ${last}` : then,
        more: true,
      };
    },

    now: async (call) => (await events('now', call)).last,
  };
}

/** Empty text is how the billing system is told: nothing. */
function unsetting(value: unknown): unknown {
  if (value === null) return '';
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unsetting(inner)]));
}

/** Parameters are single words. */
function worded(where: Where): Record<string, string> {
  return Object.fromEntries(Object.entries(where).map(([name, value]) => [name, String(value)]));
}

function limited(shown: ShownCustomer, fields: readonly (keyof BillingCustomer)[]): Partial<BillingCustomer> {
  return Object.fromEntries(fields.map((name) => [name, shown[name]]));
}

function whole(shown: ShownCustomer): Versioned<BillingCustomer> {
  return versioned(shown, limited(shown, customerFields) as BillingCustomer);
}

function versioned<R>({ id, resource_version, updated }: ShownCustomer, record: R): Versioned<R> {
  return { key: id, version: String(resource_version), updatedAt: instantOf(updated), record };
}
