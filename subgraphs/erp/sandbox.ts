import type { Db, Queryable } from '../../runtime/db/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/api.ts';
import { openTable } from '../sandbox/table.ts';
import { error, missing, stale } from './answers.ts';
import { erasureRoute } from './erasure.ts';
import { message } from './hook.ts';
import { partnerRoutes } from './partner-routes.ts';
import type { PartnerBody } from './validation.ts';

/** The tables of the ERP, for loading many records at once. Their numbers are below those that the ERP assigns. */
export function erpTables(db: Queryable) {
  return { partners: openTable<PartnerBody>(db, 'erp_business_partner') };
}

/** The ERP's sandbox: business partners behind an API of its own. */
export function erpSandbox(db: Db, random?: () => number): Sandbox {
  const { partners } = erpTables(db);
  const later = (after: number) => ({ headers: { 'retry-after': String(after) } });
  return createSandbox({
    name: 'erp',
    db,
    routes: [...partnerRoutes(db, partners), erasureRoute(db)],
    message,
    notFound: missing,
    refusals: {
      throttled: (after) => error(429, 'TOO_MANY_REQUESTS', 'too many requests', later(after)),
      unavailable: (after) => error(503, 'SERVICE_UNAVAILABLE', 'the system is not available', later(after)),
      stale: () => stale,
    },
    ...(random ? { random } : {}),
  });
}
