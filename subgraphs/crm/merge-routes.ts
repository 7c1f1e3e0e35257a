import { json, unlessTaken, type Route } from '../sandbox/api.ts';
import type { Table } from '../sandbox/table.ts';
import type { AccountBody } from './account.ts';
import { answer, duplicate, type AccountTables } from './account-routes.ts';
import { expectedVersion, missing, root, stale } from './answers.ts';
import { isBelow } from './hierarchy.ts';

/**
 * The CRM's own merge: the people and the accounts below one account go to another, and the account is not shown any more;
 * it says which one it lives on as, so that the merge can be taken back.
 */
export function mergeRoutes(inHierarchy: AccountTables['inHierarchy']): readonly Route[] {
  return [
    {
      method: 'POST',
      path: `${root}/sobjects/Account/:id/merge`,
      serve: ({ body, headers }, { id = '' }) =>
        inHierarchy(async (tables) => {
          const { accounts } = tables;
          const { MergedId: from } = body as { MergedId: string };
          const [expected, wireKey] = [expectedVersion(headers), headers?.['x-request-key']];
          const found = new Map((await accounts.read([id, from])).map((stored) => [stored.key, stored]));
          const master = found.get(id);
          if (!master || !found.has(from)) return missing;
          if (expected !== undefined && master.version !== expected) return stale;
          if (id === from || (await isBelow(accounts, id, from))) return below;
          const moved = {
            Contact: await follow(tables.contacts, { from, to: id }, 'AccountId', wireKey),
            Account: await follow(accounts, { from, to: id }, 'ParentId', wireKey),
          };
          const changes = { MasterRecordId: id, Reparented__c: moved };
          await accounts.turn(from, { kind: 'MERGE', deleted: true, changes }, wireKey);
          const merged = await accounts.update(id, {}, undefined, wireKey);
          return typeof merged === 'string' ? missing : answer(200, merged);
        }),
    },
    {
      method: 'POST',
      path: `${root}/sobjects/Account/:id/unmerge`,
      serve: ({ headers }, { id = '' }) =>
        unlessTaken(
          () =>
            inHierarchy(async ({ accounts, contacts }) => {
              const wireKey = headers?.['x-request-key'];
              const merged = await accounts.hidden(id);
              if (!merged?.body.MasterRecordId) return missing;
              const master = await masterOf(accounts, merged.body.MasterRecordId);
              const { Contact = [], Account = [] } = merged.body.Reparented__c ?? {};
              const changes = { MasterRecordId: null, Reparented__c: null };
              const back = await accounts.turn(id, { kind: 'UNMERGE', deleted: false, changes }, wireKey);
              for (const { key, body } of await contacts.read(Contact))
                if (body.AccountId === master)
                  await contacts.update(key, { AccountId: id }, undefined, wireKey);
              for (const { key, body } of await accounts.read(Account))
                if (body.ParentId === master)
                  await accounts.update(key, { ParentId: id }, undefined, wireKey);
              return back ? answer(200, back) : missing;
            }),
          duplicate,
        ),
    },
  ];
}

const below = json(400, [
  {
    errorCode: 'FIELD_INTEGRITY_EXCEPTION',
    message: 'an account cannot be merged into itself, or into one below it',
    fields: ['ParentId'],
  },
]);

/** Puts everything below one account below another; their ids. */
async function follow<Body extends object>(
  table: Table<Body>,
  { from, to }: { readonly from: string; readonly to: string },
  field: keyof Body & string,
  wireKey: string | undefined,
): Promise<readonly string[]> {
  const pages = await table.rowsOf([from], { first: mostRows, after: null, where: {} });
  const keys = (pages.get(from)?.rows ?? []).map(({ stored }) => stored.key);
  for (const key of keys) await table.update(key, { [field]: to } as Partial<Body>, undefined, wireKey);
  return keys;
}

/** More than an account has below itself. */
const mostRows = 100_000;

/** The account that a merged one lives on as. */
async function masterOf(accounts: Table<AccountBody>, id: string): Promise<string> {
  const next = (await accounts.hidden(id))?.body.MasterRecordId;
  return next ? masterOf(accounts, next) : id;
}
