import { crmTables } from '../crm/index.ts';
import type { Queryable } from '../../runtime/db/index.ts';
import type { AccountRow } from './row.ts';

/** An account whose account above has not been seen yet. */
export type Waiting = Pick<AccountRow, 'line' | 'number'> & { readonly parent: string };

/**
 * Links an account to the one above it, both by their numbers.
 * @returns whether the account above is there; why not, where it cannot be that one
 */
export async function linkParent(
  tx: Queryable,
  { number, parent }: Waiting,
): Promise<'linked' | 'unchanged' | 'missing' | 'circle'> {
  const { accounts } = crmTables(tx);
  const [own, above] = [await accounts.byExternal(number), await accounts.byExternal(parent)];
  if (!own || !above) return 'missing';
  if (own.body.ParentId === above.key) return 'unchanged';
  for (let at: typeof above | undefined = above; at; [at] = await accounts.read([at.body.ParentId ?? ''])) {
    if (at.key === own.key) return 'circle';
  }
  await accounts.update(own.key, { ParentId: above.key });
  return 'linked';
}
