import type { Queryable } from '../../runtime/db/index.ts';
import { json, type Route } from '../sandbox/api.ts';
import type { Table } from '../sandbox/table.ts';
import { error, root } from './answers.ts';
import { invoiceStatuses, subscriptionStatuses } from './customer.ts';
import { billingTables } from './tables.ts';

const customersAtOnce = 100;
const mostRows = 100;

/** Lists of what several customers have, one page of each: `customer[in]`, `limit`, `after` and `status`. */
export function listRoutes(db: Queryable): readonly Route[] {
  const { invoices, subscriptions } = billingTables(db);
  return [
    listRoute('invoices', invoices, invoiceStatuses),
    listRoute('subscriptions', subscriptions, subscriptionStatuses),
  ];
}

function listRoute<Body extends object>(
  name: string,
  table: Table<Body>,
  statuses: readonly string[],
): Route {
  return {
    method: 'GET',
    path: `${root}/${name}`,
    async serve({ query = {} }) {
      const { 'customer[in]': customers = '', limit = '20', after = null, status, ...others } = query;
      const parents = customers.split(',');
      const first = Number(limit);
      const [other] = Object.keys(others);
      if (other !== undefined) return refused(other, 'parameter_unknown', 'Received unknown parameter');
      if (parents.length > customersAtOnce)
        return refused('customer[in]', 'parameter_invalid', 'Too many customers in');
      if (!Number.isInteger(first) || first < 1 || first > mostRows)
        return refused('limit', 'parameter_invalid', 'Invalid');
      if (status !== undefined && !statuses.includes(status))
        return refused('status', 'parameter_invalid', 'Invalid');
      const pages = await table.rowsOf(parents, {
        first,
        after,
        where: status === undefined ? {} : { status },
      });
      const data = [...pages].map(([customer, { rows, total, hasNext }]) => ({
        customer,
        total_count: total,
        has_more: hasNext,
        data: rows.map(({ position, stored }) => ({ position, id: stored.key, ...stored.body })),
      }));
      return json(200, { object: 'list', data });
    },
  };
}

function refused(param: string, code: string, what: string) {
  return error(400, { code, param, message: `${what} ${param}` });
}
