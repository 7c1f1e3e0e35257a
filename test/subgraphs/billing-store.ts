import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { billing } from '../../subgraphs/billing/index.ts';
import type { Call } from '../../subgraphs/connector.ts';
import type { OpenStore } from '../support/store.ts';

export const call: Call = { correlationId: 'test', signal: new AbortController().signal };

/** A store with the tables of the billing system's sandbox. */
export async function openBillingStore(open: OpenStore): Promise<Db> {
  const db = await open();
  await migrate(db, await loadMigrations(['subgraphs/sandbox/migrations', 'subgraphs/billing/migrations']));
  return db;
}

/** An object of the billing system's API; every kind of object has some of these. */
export interface Shown {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly balance: number;
  readonly resource_version: number;
  readonly metadata: unknown;
  readonly invoice_settings: unknown;
  readonly default_payment_method: unknown;
  readonly error: {
    readonly type: string;
    readonly code: string;
    readonly param: string;
    readonly message: string;
  };
  readonly data: readonly {
    readonly id: string;
    readonly type: string;
    readonly data: { readonly object: Shown };
  }[];
  readonly has_more: boolean;
  readonly last: string;
}

/** The billing system over a store, by its connector and by its API. */
export function billingOver(db: Db) {
  const sandbox = billing.sandbox(db);
  async function api(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly shown: Shown }> {
    const [route = '', search = ''] = path.split('?');
    const query = Object.fromEntries(new URLSearchParams(search));
    const answer = await sandbox.wire({ method, path: `/v1${route}`, query, headers, body }, call);
    return { status: answer.status, shown: answer.body as Shown };
  }
  return { sandbox, api, connector: billing.connect(sandbox.wire) };
}
