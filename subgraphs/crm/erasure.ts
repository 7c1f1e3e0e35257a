import type { Db } from '../../runtime/db/index.ts';
import { json, type Route } from '../sandbox/api.ts';
import { openTable } from '../sandbox/table.ts';
import { blankAccount, blankContact, type AccountBody, type ContactBody } from './account.ts';
import { missing, root } from './answers.ts';

/** Where an account and its people are erased: nothing remains of them but their keys. */
export function erasureRoute(db: Db): Route {
  return {
    method: 'POST',
    path: `${root}/sobjects/Account/:id/erase`,
    serve: ({ headers }, { id = '' }) =>
      db.transaction(async (tx) => {
        const how = { gone: true, wireKey: headers?.['x-request-key'] };
        const contacts = openTable<ContactBody>(tx, 'crm_contact');
        const people = await tx.query<{ key: string }>(
          'select key from crm_contact where parent = $1 order by key',
          [id],
        );
        for (const { key } of people) await contacts.erase(key, { ...blankContact, AccountId: id }, how);
        const known = await openTable<AccountBody>(tx, 'crm_account').erase(id, blankAccount, how);
        return known ? json(204, null) : missing;
      }),
  };
}
