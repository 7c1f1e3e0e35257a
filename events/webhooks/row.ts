import type { AskedFilter } from '../asked.ts';
import type { Delivery, DisabledReason, Endpoint, EndpointState, Viewer } from './endpoint.ts';
import { formerUntil, type Secret } from './secrets.ts';

/** An endpoint as it is stored. */
export interface EndpointRow {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly filter: AskedFilter;
  readonly registered_by: string;
  readonly registered_at: string;
  readonly scopes: readonly string[];
  readonly viewers: readonly Viewer[] | null;
  readonly secrets: readonly Secret[];
  readonly state: EndpointState;
  readonly reason: DisabledReason | null;
  readonly position: string;
  readonly failures: number;
  readonly failing_since: string | null;
  readonly revision: number;
  readonly due: string;
  readonly leased: boolean;
}

export const endpointColumns =
  'id, url, description, filter, registered_by, registered_at, scopes, viewers, secrets, state, reason, position, failures, failing_since, revision, due, leased';

/** Without its secrets. */
export function endpointOf(row: EndpointRow): Endpoint {
  const { id, url, description, filter, scopes, state, reason, position, failures } = row;
  const viewers = row.viewers ?? [{ subject: row.registered_by, scopes, claims: {} }];
  const waits = state === 'ACTIVE' && failures > 0 && !row.leased;
  return {
    ...{ id, url, description, filter, scopes, viewers, state, reason, position, failures },
    registeredBy: row.registered_by,
    registeredAt: instant(row.registered_at),
    failingSince: row.failing_since && instant(row.failing_since),
    nextAttemptAt: waits ? instant(row.due) : null,
    formerSecretUntil: formerUntil(row.secrets, Date.now()),
  };
}

/** An attempt as it is stored. */
export interface DeliveryRow {
  readonly webhook_id: string;
  readonly message_id: string;
  readonly position: string | null;
  readonly at: string;
  readonly took: number;
  readonly status: number | null;
  readonly problem: Delivery['problem'];
}

export function deliveryOf({ message_id, position, at, took, status, problem }: DeliveryRow): Delivery {
  return { messageId: message_id, position, at: instant(at), took, status, problem };
}

/** Stores write microseconds, which the contract's times do not have. */
function instant(text: string): string {
  return new Date(text).toISOString();
}
