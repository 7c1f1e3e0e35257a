import type { Where } from '../connector.ts';
import { json, unlessTaken, type Route } from '../sandbox/api.ts';
import type { Stored, Table } from '../sandbox/table.ts';
import type { WireResponse } from '../wire.ts';
import { blankAccount, type AccountBody, type ContactBody } from './account.ts';
import { error, expectedVersion, missing, root, stale } from './answers.ts';
import { hasLiving, parentRefused } from './hierarchy.ts';
import { crmId } from './ids.ts';
import { faultsIn } from './validation.ts';

/** What the CRM's API for accounts stands on. */
export interface AccountTables {
  readonly accounts: Table<AccountBody>;
  readonly contacts: Table<ContactBody>;
  /** Does something while nobody else changes who is above whom. */
  readonly inHierarchy: <T>(work: (tables: Omit<AccountTables, 'inHierarchy'>) => Promise<T>) => Promise<T>;
}

/** The CRM's API for accounts. */
export function accountRoutes({ accounts, contacts, inHierarchy }: AccountTables): readonly Route[] {
  const routes: readonly Route[] = [
    {
      method: 'POST',
      path: `${root}/composite/sobjects/Account`,
      async serve({ body }) {
        const { ids, fields } = body as { ids: string[]; fields: string[] };
        if (ids.length > mostRecords) return tooMany;
        const found = new Map((await accounts.read(ids)).map((stored) => [stored.key, stored]));
        return json(
          200,
          ids.map((id) => {
            const stored = found.get(id);
            return stored ? accountOf(stored, fields) : null;
          }),
        );
      },
    },
    {
      method: 'POST',
      path: `${root}/composite/related/:kind`,
      async serve({ body }, { kind }) {
        const { parents, first, after, where } = body as {
          parents: string[];
          first: number;
          after: string | null;
          where: Where;
        };
        if (parents.length > mostRecords) return tooMany;
        const table = kind === 'Contact' ? contacts : accounts;
        const pages = await table.rowsOf(parents, { first, after, where });
        return json(200, {
          results: [...pages].map(([parent, { rows, total, hasNext }]) => ({
            parentId: parent,
            totalSize: total,
            done: !hasNext,
            records: rows.map(({ position, stored }) => ({ position, Id: stored.key, ...stored.body })),
          })),
        });
      },
    },
    {
      method: 'GET',
      path: `${root}/sobjects/Account/AccountNumber/:number`,
      async serve(_, { number = '' }) {
        const stored = await accounts.byExternal(number);
        return stored ? answer(200, stored) : missing;
      },
    },
    {
      method: 'GET',
      path: `${root}/sobjects/Account/Customer_Id__c/:customer`,
      async serve(_, { customer = '' }) {
        const stored = await accounts.byCustomer(customer);
        return stored ? answer(200, stored) : missing;
      },
    },
    {
      method: 'GET',
      path: `${root}/sobjects/Account/:id`,
      async serve(_, { id = '' }) {
        const [stored] = await accounts.read([id]);
        return stored ? answer(200, stored) : missing;
      },
    },
    {
      method: 'POST',
      path: `${root}/sobjects/Account`,
      async serve({ body, headers }) {
        const account = madeOf(body);
        const refused = await invalid(account);
        if (refused) return refused;
        const stored = await accounts.insert(
          { key: crmId('001'), body: account },
          headers?.['x-request-key'],
        );
        return stored ? answer(201, stored) : duplicate;
      },
    },
    {
      // A dry run: what a POST of the same body would be told, and nothing done.
      method: 'POST',
      path: `${root}/sobjects/Account/validate`,
      serve: async ({ body }) => (await invalid(madeOf(body))) ?? json(204, null),
    },
    {
      method: 'PATCH',
      path: `${root}/sobjects/Account/:id`,
      async serve({ body, headers }, { id = '' }) {
        const changes = body as Partial<AccountBody>;
        const change = async (table: typeof accounts) => {
          const refused = await invalid(changes, id, table);
          if (refused) return refused;
          const [version, wireKey] = [expectedVersion(headers), headers?.['x-request-key']];
          // Who puts it elsewhere has said where it belongs.
          const put = 'ParentId' in changes ? { ...changes, HomeParentId__c: null } : changes;
          const changed = await table.update(id, put, version, wireKey);
          if (changed === 'missing') return missing;
          return changed === 'stale' ? stale : answer(200, changed);
        };
        const moves = changes.ParentId != null || changes.Type === 'Former Customer';
        return unlessTaken(
          () => (moves ? inHierarchy((held) => change(held.accounts)) : change(accounts)),
          duplicate,
        );
      },
    },
    {
      // A dry run: what a PATCH of the same body would be told, and nothing done.
      method: 'POST',
      path: `${root}/sobjects/Account/:id/validate`,
      async serve({ body }, { id = '' }) {
        const refused = await invalid(body as Partial<AccountBody>, id);
        if (refused) return refused;
        return (await accounts.read([id])).length === 0 ? missing : json(204, null);
      },
    },
    {
      method: 'DELETE',
      path: `${root}/sobjects/Account/:id`,
      async serve({ headers }, { id = '' }) {
        const refused = await accounts.remove(id, expectedVersion(headers), headers?.['x-request-key']);
        return refused === null ? json(204, null) : refused === 'stale' ? stale : missing;
      },
    },
    {
      method: 'GET',
      path: `${root}/updated/Account`,
      async serve({ query }) {
        const limit = 500;
        const { since = '-infinity', afterId = '' } = query ?? {};
        const { records, covered } = await accounts.changedSince(since, afterId, limit);
        return json(200, {
          records: records.map((stored) => ({
            ...accountOf(stored),
            ...(stored.deleted ? { IsDeleted: true } : {}),
          })),
          done: records.length < limit,
          latestDateCovered: covered,
        });
      },
    },
  ];

  /** What the CRM does not accept of a record, in its own words; null where it accepts all. */
  async function invalid(
    changes: Partial<AccountBody>,
    id?: string,
    table = accounts,
  ): Promise<WireResponse | null> {
    const faults = faultsIn(changes);
    const message = changes.ParentId ? await parentRefused(table, changes.ParentId, id) : null;
    if (message !== null)
      faults.push({ errorCode: 'INVALID_CROSS_REFERENCE_KEY', message, fields: ['ParentId'] });
    if (changes.Type === 'Former Customer' && id !== undefined && (await hasLiving(table, id)))
      faults.push({
        errorCode: 'FIELD_INTEGRITY_EXCEPTION',
        message: 'Type must not be Former Customer while accounts below are not',
        fields: ['Type'],
      });
    return faults.length > 0 ? json(400, faults) : null;
  }

  return routes;
}

/** Records of one composite request. */
const mostRecords = 2000;
const tooMany = error(400, 'LIMIT_EXCEEDED', `at most ${mostRecords} records in one request`);
export const duplicate = error(
  400,
  'DUPLICATE_VALUE',
  'duplicate value found: AccountNumber or Customer_Id__c',
);

/** A new account: what its creator says, and for the rest nothing. */
function madeOf(body: unknown): AccountBody {
  return { ...blankAccount, ...(body as Partial<AccountBody>) };
}

export function answer(status: number, stored: Stored<AccountBody>): WireResponse {
  return json(status, accountOf(stored), { etag: `"v${stored.version}"` });
}

/** The account as the API shows it; `fields` limits it. */
function accountOf(stored: Stored<AccountBody>, fields?: readonly string[]): Record<string, unknown> {
  const whole: Record<string, unknown> = { ...stored.body, CreatedDate: stored.created };
  const shown = fields ? Object.fromEntries(fields.map((name) => [name, whole[name] ?? null])) : whole;
  return { ...shown, Id: stored.key, SystemModstamp: stored.modified, Version: stored.version };
}
