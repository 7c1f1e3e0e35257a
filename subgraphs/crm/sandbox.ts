import type { Db, Queryable } from '../../runtime/db/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/api.ts';
import { openTable } from '../sandbox/table.ts';
import type { AccountBody, ContactBody } from './account.ts';
import { accountRoutes, type AccountTables } from './account-routes.ts';
import { error, missing, stale } from './answers.ts';
import { contactRoutes } from './contact-routes.ts';
import { erasureRoute } from './erasure.ts';
import { holdHierarchy } from './hierarchy.ts';
import { message } from './hook.ts';
import { mergeRoutes } from './merge-routes.ts';

/** The tables of the CRM, for loading many records at once. */
export function crmTables(db: Queryable) {
  return {
    accounts: openTable<AccountBody>(db, 'crm_account'),
    contacts: openTable<ContactBody>(db, 'crm_contact'),
  };
}

/** The CRM's sandbox: accounts and contacts behind an API of its own. */
export function crmSandbox(db: Db, random?: () => number): Sandbox {
  const { accounts, contacts } = crmTables(db);
  const inHierarchy: AccountTables['inHierarchy'] = (work) =>
    db.transaction(async (tx) => {
      await holdHierarchy(tx);
      return work(crmTables(tx));
    });
  return createSandbox({
    name: 'crm',
    db,
    routes: [
      ...accountRoutes({ accounts, contacts, inHierarchy }),
      ...mergeRoutes(inHierarchy),
      ...contactRoutes(contacts),
      erasureRoute(db),
    ],
    message,
    notFound: missing,
    refusals: {
      throttled: (after) =>
        error(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests limit exceeded', {
          'retry-after': String(after),
        }),
      unavailable: (after) =>
        error(503, 'SERVER_UNAVAILABLE', 'the server is busy', { 'retry-after': String(after) }),
      stale: () => stale,
    },
    ...(random ? { random } : {}),
  });
}
