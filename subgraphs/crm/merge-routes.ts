import { json, unlessTaken, type Route } from '../sandbox/api.ts';
import type { Stored, Table } from '../sandbox/table.ts';
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
          if (id === from || (await isBelow(accounts, id, from))) return underIt;
          await leave(tables.contacts, { from, to: id }, 'AccountId', 'HomeAccountId__c', wireKey);
          await leave(accounts, { from, to: id }, 'ParentId', 'HomeParentId__c', wireKey);
          const changes = { MasterRecordId: id };
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
              const way = { id, master: await masterOf(accounts, merged.body.MasterRecordId) };
              await comeBack(accounts, contacts, way, 'AccountId', 'HomeAccountId__c', wireKey);
              await comeBack(accounts, accounts, way, 'ParentId', 'HomeParentId__c', wireKey);
              const changes = { MasterRecordId: null };
              const back = await accounts.turn(id, { kind: 'UNMERGE', deleted: false, changes }, wireKey);
              return back ? answer(200, back) : missing;
            }),
          duplicate,
        ),
    },
  ];
}

const underIt = json(400, [
  {
    errorCode: 'FIELD_INTEGRITY_EXCEPTION',
    message: 'an account cannot be merged into itself, or into one below it',
    fields: ['ParentId'],
  },
]);

/** Puts everything below one account below another, and notes where it was put before. */
async function leave<Body extends object>(
  table: Table<Body>,
  { from, to }: { readonly from: string; readonly to: string },
  at: keyof Body & string,
  home: keyof Body & string,
  wireKey: string | undefined,
): Promise<void> {
  for (const { key, body } of await below(table, from)) {
    const changes = { [at]: to, [home]: body[home] ?? from } as Partial<Body>;
    await table.update(key, changes, undefined, wireKey);
  }
}

/** Puts everything below an account again that was put there, or below one that lives on as it. */
async function comeBack<Body extends object>(
  accounts: Table<AccountBody>,
  table: Table<Body>,
  { id, master }: { readonly id: string; readonly master: string },
  at: keyof Body & string,
  home: keyof Body & string,
  wireKey: string | undefined,
): Promise<void> {
  for (const { key, body } of await below(table, master)) {
    const from = body[home];
    if (typeof from !== 'string' || !(await livesAs(accounts, from, id))) continue;
    const changes = { [at]: id, [home]: from === id ? null : from } as Partial<Body>;
    await table.update(key, changes, undefined, wireKey);
  }
}

async function below<Body extends object>(table: Table<Body>, id: string): Promise<readonly Stored<Body>[]> {
  const pages = await table.rowsOf([id], { first: mostRows, after: null, where: {} });
  return (pages.get(id)?.rows ?? []).map(({ stored }) => stored);
}

/** More than an account has below itself. */
const mostRows = 100_000;

/** Whether an account is another one, or was merged into it. */
async function livesAs(accounts: Table<AccountBody>, id: string, other: string): Promise<boolean> {
  if (id === other) return true;
  const next = (await accounts.hidden(id))?.body.MasterRecordId;
  return next ? livesAs(accounts, next, other) : false;
}

/** The account that a merged one lives on as. */
async function masterOf(accounts: Table<AccountBody>, id: string): Promise<string> {
  const next = (await accounts.hidden(id))?.body.MasterRecordId;
  return next ? masterOf(accounts, next) : id;
}
