import type { Queryable } from '../../runtime/db/index.ts';
import type { Where } from '../connector.ts';
import type { Table } from '../sandbox/table.ts';
import type { AccountBody } from './account.ts';

/** Levels of a hierarchy at most: with more above an account than that, nothing is put below it. */
const mostLevels = 20;

/** Until its transaction ends, nobody else changes who is above whom: two that do would not see each other's circle. */
export async function holdHierarchy(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('crm hierarchy', 0))`);
}

/** Why an account cannot be below this one, in the CRM's own words; null where it can. `id` is absent for a new one. */
export async function parentRefused(
  accounts: Table<AccountBody>,
  parentId: string,
  id?: string,
): Promise<string | null> {
  let at: string | null = parentId;
  for (let level = 1; at !== null && level < mostLevels; level++) {
    if (at === id) return level === 1 ? 'invalid parent account' : 'the parent account is below this account';
    const [above]: readonly { readonly body: AccountBody }[] = await accounts.read([at]);
    // One above that was deleted is the end of the way; the parent itself has to be there.
    if (!above) return level === 1 ? 'invalid parent account' : null;
    at = above.body.ParentId;
  }
  return at === null ? null : `at most ${mostLevels} levels of accounts`;
}

/** Whether an account is below another one, at whatever level. */
export async function isBelow(accounts: Table<AccountBody>, id: string, above: string): Promise<boolean> {
  let at: string | null = id;
  for (let level = 0; at !== null && level < mostLevels; level++) {
    const [account]: readonly { readonly body: AccountBody }[] = await accounts.read([at]);
    at = account?.body.ParentId ?? null;
    if (at === above) return true;
  }
  return false;
}

/** Whether an account has others directly below it that are not former ones. */
export async function hasLiving(accounts: Table<AccountBody>, id: string): Promise<boolean> {
  const count = async (where: Where) =>
    (await accounts.rowsOf([id], { first: 1, after: null, where })).get(id)?.total ?? 0;
  return (await count({})) > (await count({ Type: 'Former Customer' }));
}
