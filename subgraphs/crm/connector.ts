import type { Call, Connector, FeedPage, ListPage, Versioned, WriteOptions } from '../connector.ts';
import { refusalsIn, refusedBy, type RefusalTable } from '../refusal.ts';
import type { Wire, WireRequest } from '../wire.ts';
import { accountFields, type Account, type AccountRows } from './account.ts';
import { root } from './answers.ts';
import type { CrmFault } from './validation.ts';

/** An account as the CRM's API shows it. */
type Shown = Partial<Account> & { Id: string; SystemModstamp: string; Version: number; IsDeleted?: boolean };

const refusals: RefusalTable = {
  system: 'crm',
  read: (body) =>
    (body as CrmFault[]).map((fault) => ({
      code: fault.errorCode,
      message: fault.message,
      field: fault.fields[0],
    })),
  codes: {
    NOT_FOUND: 'NOT_FOUND',
    PRECONDITION_FAILED: 'CONFLICT',
    DUPLICATE_VALUE: 'DUPLICATE',
    FIELD_INTEGRITY_EXCEPTION: 'INVALID_VALUE',
    INVALID_CROSS_REFERENCE_KEY: 'INVALID_VALUE',
    INVALID_FIELD: 'INVALID_VALUE',
    LIMIT_EXCEEDED: 'BAD_REQUEST',
    REQUEST_LIMIT_EXCEEDED: 'RATE_LIMITED',
    SERVER_UNAVAILABLE: 'SYSTEM_UNAVAILABLE',
  },
};

/** Speaks the CRM's API: accounts by `Customer_Id__c`, conditional writes by ETag, a feed by modification. */
export function crmConnector(wire: Wire): Connector<Account, AccountRows> {
  async function answered(request: WireRequest, call: Call): Promise<unknown> {
    const response = await wire(request, call);
    if (response.status >= 400) throw refusedBy(refusals, response);
    return response.body;
  }

  return {
    capabilities: {
      conditionalWrite: 'atomic',
      idempotency: { by: 'externalId' },
      withdrawal: 'delete',
      merge: true,
      readBack: true,
      feed: { deletesVisible: true, windowDays: null },
      batchSize: 2000,
      concurrency: 25,
    },

    async read(ids, fields, call) {
      const body = { ids, fields };
      const request = { method: 'POST', path: `${root}/composite/sobjects/Account`, body } as const;
      const accounts = (await answered(request, call)) as (Shown | null)[];
      return new Map(accounts.filter((one) => one !== null).map((one) => [one.Id, versioned(one)]));
    },

    async list(kind, request, call) {
      const answer = (await answered(
        { method: 'POST', path: `${root}/composite/related/${kind}`, body: request },
        call,
      )) as { results: { parentId: string; totalSize: number; done: boolean; records: Positioned[] }[] };
      type Positioned = { position: string } & AccountRows[typeof kind];
      return new Map(
        answer.results.map(
          ({ parentId, totalSize, done, records }): [string, ListPage<AccountRows[typeof kind]>] => [
            parentId,
            {
              rows: records.map((row) => ({ position: row.position, row })),
              total: totalSize,
              hasNext: !done,
            },
          ],
        ),
      );
    },

    async find(customerId, call) {
      const path = `${root}/sobjects/Account/Customer_Id__c/${encodeURIComponent(customerId)}`;
      const response = await wire({ method: 'GET', path }, call);
      if (response.status === 404) return null;
      if (response.status >= 400) throw refusedBy(refusals, response);
      return versioned(response.body as Shown) as Versioned<Account>;
    },

    async create(record, options, call) {
      const headers = headersOf(options);
      const request = { method: 'POST', path: `${root}/sobjects/Account`, headers, body: record } as const;
      return versioned((await answered(request, call)) as Shown) as Versioned<Account>;
    },

    async update(id, changes, options, call) {
      const headers = headersOf(options);
      const path = `${root}/sobjects/Account/${encodeURIComponent(id)}`;
      const request = { method: 'PATCH', path, headers, body: changes } as const;
      return versioned((await answered(request, call)) as Shown) as Versioned<Account>;
    },

    async validate(id, changes, call) {
      const path = `${root}/sobjects/Account/${encodeURIComponent(id)}/validate`;
      return refusalsIn(refusals, await wire({ method: 'POST', path, body: changes }, call));
    },

    async validateNew(record, call) {
      const path = `${root}/sobjects/Account/validate`;
      return refusalsIn(refusals, await wire({ method: 'POST', path, body: record }, call));
    },

    async erase(id, options, call) {
      const path = `${root}/sobjects/Account/${encodeURIComponent(id)}/erase`;
      await answered({ method: 'POST', path, headers: headersOf(options), body: {} }, call);
    },

    async withdraw(id, options, call) {
      const path = `${root}/sobjects/Account/${encodeURIComponent(id)}`;
      await answered({ method: 'DELETE', path, headers: headersOf(options) }, call);
    },

    async merge(into, from, options, call) {
      const path = `${root}/sobjects/Account/${encodeURIComponent(into)}/merge`;
      const request = {
        method: 'POST',
        path,
        headers: headersOf(options),
        body: { MergedId: from },
      } as const;
      return versioned((await answered(request, call)) as Shown) as Versioned<Account>;
    },

    async unmerge(from, options, call) {
      const path = `${root}/sobjects/Account/${encodeURIComponent(from)}/unmerge`;
      const request = { method: 'POST', path, headers: headersOf(options) } as const;
      return versioned((await answered(request, call)) as Shown) as Versioned<Account>;
    },

    async changes(since, call): Promise<FeedPage<Account>> {
      const [account, contact] = placesIn(since);
      const [accounts, contacts] = await Promise.all([
        updated('Account', account, call),
        updated('Contact', contact, call),
      ]);
      // A person who changes does not move the account: its record is read again.
      const moved = [...new Set(contacts.records.map(({ AccountId }) => AccountId ?? ''))];
      const reread =
        moved.length > 0 ? await this.read(moved, accountFields, call) : new Map<string, never>();
      return {
        changed: [
          ...accounts.records.map((shown) =>
            shown.IsDeleted
              ? { key: shown.Id, deleted: true as const }
              : (versioned(shown) as Versioned<Account>),
          ),
          ...([...reread.values()] as Versioned<Account>[]).map((one) => ({ ...one, moved: ['Contact'] })),
        ],
        next: JSON.stringify([accounts.place, contacts.place] satisfies Places),
        more: !accounts.done || !contacts.done,
      };
    },

    async now(call) {
      const nothing = { since: 'infinity', afterId: '' };
      const [account, contact] = await Promise.all([
        updated('Account', nothing, call),
        updated('Contact', nothing, call),
      ]);
      const place = ({ covered }: typeof account): Place => ({ since: covered, afterId: '' });
      return JSON.stringify([place(account), place(contact)] satisfies Places);
    },
  };

  async function updated(kind: 'Account' | 'Contact', place: Place, call: Call) {
    const request = { method: 'GET', path: `${root}/updated/${kind}`, query: { ...place } } as const;
    const {
      records,
      done,
      latestDateCovered: covered,
    } = (await answered(request, call)) as {
      records: (Shown & { AccountId?: string })[];
      done: boolean;
      latestDateCovered: string;
    };
    const last = records.at(-1);
    return { records, done, covered, place: last ? { since: last.SystemModstamp, afterId: last.Id } : place };
  }
}

/** The CRM has no idempotency key; the header only finds the call in its log. */
function headersOf({ wireKey, ifVersion }: WriteOptions): Record<string, string> {
  return {
    ...(wireKey === undefined ? {} : { 'x-request-key': wireKey }),
    ...(ifVersion === undefined ? {} : { 'if-match': ifVersion }),
  };
}

/** A place in one of the CRM's feeds; the stamp stays as the CRM wrote it. */
interface Place {
  readonly since: string;
  readonly afterId: string;
}
type Places = readonly [account: Place, contact: Place];

function placesIn(cursor: string | null): Places {
  const beginning = { since: '-infinity', afterId: '' };
  return cursor === null ? [beginning, beginning] : (JSON.parse(cursor) as Places);
}

function versioned({ Id, SystemModstamp, Version, ...record }: Shown): Versioned<Partial<Account>> {
  return { key: Id, version: `"v${Version}"`, updatedAt: SystemModstamp, record };
}
