import type { Db } from '../../runtime/db/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/api.ts';
import { error, missing } from './answers.ts';
import { customerRoutes } from './customer-routes.ts';
import { erasureRoute } from './erasure.ts';
import { eventRoutes } from './event-routes.ts';
import { message } from './hook.ts';
import { invoiceRoutes } from './invoice-routes.ts';
import { listRoutes } from './list-routes.ts';

/** The billing system's sandbox: customers, invoices, subscriptions and events behind an API of its own. */
export function billingSandbox(db: Db, random?: () => number): Sandbox {
  return createSandbox({
    name: 'billing',
    db,
    routes: [
      ...customerRoutes(db),
      ...invoiceRoutes(db),
      ...listRoutes(db),
      ...eventRoutes(db),
      erasureRoute(db),
    ],
    message,
    notFound: missing('route', 'path'),
    refusals: {
      throttled: (after) =>
        error(429, { code: 'rate_limit', message: 'Too many requests' }, { 'retry-after': String(after) }),
      unavailable: (after) =>
        error(503, { code: 'unavailable', message: 'Try again later' }, { 'retry-after': String(after) }),
      stale: () => null,
    },
    ...(random ? { random } : {}),
  });
}
