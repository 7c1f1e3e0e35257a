import type { Db } from '../../runtime/db/index.ts';
import type { Delivery, DisabledReason, Endpoint } from './endpoint.ts';
import { endpointColumns, endpointOf, type EndpointRow } from './row.ts';
import { signing } from './secrets.ts';
import type { Verdict } from './verdict.ts';

/** Attempts that are kept of an endpoint. */
export const attemptsKept = 100;

/** An endpoint in the hands of this process. */
export interface Held {
  readonly endpoint: Endpoint;
  /** The current one first. */
  readonly secrets: readonly string[];
  readonly epoch: number;
  readonly revision: number;
  /** What failed before, in a row: how often, and for how many milliseconds. */
  readonly failed: { readonly times: number; readonly since: number };
  /** By `performance.now()`: until when nobody else sends to it. */
  readonly leaseEnds: number;
}

/** What was sent, and what becomes of the endpoint. */
export interface Attempt {
  readonly delivery: Delivery;
  readonly verdict: Verdict;
  /** Where the endpoint stands, if it was delivered. */
  readonly position: string;
  /** Whether to keep the endpoint for something else. */
  readonly keep: boolean;
}

/** The durable record of what was sent where. Each call is one statement, and so one transaction. */
export interface Journal {
  /** Takes endpoints that are behind and due, at most so many of those that work, and of those that failed before. */
  claim(working: number, failing: number): Promise<readonly Held[]>;
  /** Stores an attempt; null where the endpoint is in this process's hands no longer, for whatever reason. */
  settle(held: Held, attempt: Attempt): Promise<Held | null>;
  /** Lets go of endpoints; those that are still to be sent the same stand at `position` then, where there is one. */
  leave(all: readonly Held[], position: string | null): Promise<void>;
  /** Disables endpoints for good reason, and lets go of them. */
  disable(all: readonly Held[], reason: DisabledReason): Promise<void>;
  /** Keeps an attempt that moves nothing. */
  note(id: string, delivery: Delivery): Promise<void>;
  /** Lets go of what a process of an embedded store held when it ended: nobody else can. */
  recover(): Promise<void>;
}

/**
 * The journal of the endpoints that are told of an entity's changes.
 * @param lease milliseconds for which an endpoint is held without a word
 */
export function journalIn(db: Db, entity: string, lease: number): Journal {
  const leased = `${lease} milliseconds`;
  return {
    async claim(working, failing) {
      const asked = performance.now();
      const rows = await db.query<EndpointRow & { epoch: number; failing_for: number }>(
        `with working as (
           select w.id from events_webhook w, events_head h
           where w.entity = $4 and w.state = 'ACTIVE' and w.failures = 0 and w.due <= clock_timestamp() and w.position < h.position
           order by w.due limit $1 for update of w skip locked
         ), failing as (
           select w.id from events_webhook w, events_head h
           where w.entity = $4 and w.state = 'ACTIVE' and w.failures > 0 and w.due <= clock_timestamp() and w.position < h.position
           order by w.due limit $2 for update of w skip locked
         )
         update events_webhook w set epoch = epoch + 1, leased = true, due = clock_timestamp() + $3::interval
         where w.id in (select id from working union all select id from failing)
         returning ${endpointColumns}, epoch, coalesce(
           extract(epoch from clock_timestamp() - failing_since) * 1000, 0)::float8 as failing_for`,
        [working, failing, leased, entity],
      );
      return rows.map((row) => ({
        endpoint: endpointOf(row),
        secrets: signing(row.secrets, Date.now()).map(({ secret }) => secret),
        epoch: row.epoch,
        revision: row.revision,
        failed: { times: row.failures, since: row.failing_for },
        leaseEnds: asked + lease,
      }));
    },

    async settle(held, { delivery, verdict, position, keep }) {
      const asked = performance.now();
      const delivered = verdict.verdict === 'DELIVERED';
      const wait = verdict.verdict === 'LATER' ? verdict.wait : keep ? lease : 0;
      const [kept] = await db.query<{ leased: boolean }>(
        `with seen as (
           select id, revision = $3 as same, revision = $3 and state = 'ACTIVE' as wanted from events_webhook
           where id = $1 and epoch = $2 and leased for update
         ), kept as (
           update events_webhook w set
             position = case when same and $4 then $5::bigint else position end,
             failures = case when not same then failures when $4 then 0 else failures + 1 end,
             failing_since = case when not same then failing_since when not $4 then coalesce(failing_since, clock_timestamp()) end,
             state = case when wanted and $6::text is not null then 'DISABLED' else state end,
             reason = case when wanted then $6::text else reason end,
             leased = wanted and $4 and $7,
             due = case when wanted then clock_timestamp() + make_interval(secs => $8::float8 / 1000) else clock_timestamp() end,
             attempts = attempts + 1
           from seen where w.id = seen.id returning w.id, w.attempts, w.leased
         ), ${noted('kept', 9)}
         select leased from kept`,
        [
          ...[held.endpoint.id, held.epoch, held.revision, delivered, position],
          ...[verdict.verdict === 'DISABLED' ? verdict.reason : null, keep, wait],
          ...valuesOf(delivery),
        ],
      );
      return kept?.leased === true ? { ...held, leaseEnds: asked + lease } : null;
    },

    async leave(all, position) {
      await db.query(
        `update events_webhook w set
           position = case when w.revision = held.revision then coalesce($4::bigint, w.position) else w.position end,
           leased = false, due = clock_timestamp()
         from ${heldIn} where w.id = held.id and w.epoch = held.epoch and w.leased`,
        [...columnsOf(all), position],
      );
    },

    async disable(all, reason) {
      await db.query(
        `update events_webhook w set leased = false, due = clock_timestamp(),
           state = case when ${isWanted} then 'DISABLED' else w.state end,
           reason = case when ${isWanted} then $4 else w.reason end
         from ${heldIn} where w.id = held.id and w.epoch = held.epoch and w.leased`,
        [...columnsOf(all), reason],
      );
    },

    async note(id, delivery) {
      await db.query(
        `with kept as (
           update events_webhook set attempts = attempts + 1 where id = $1 returning id, attempts
         ), ${noted('kept', 2)}
         select from kept`,
        [id, ...valuesOf(delivery)],
      );
    },

    async recover() {
      if (db.kind !== 'pglite') return;
      await db.query('update events_webhook set leased = false, due = clock_timestamp() where leased');
    },
  };
}

const heldIn = 'unnest($1::uuid[], $2::int[], $3::int[]) as held (id, epoch, revision)';
const isWanted = `w.revision = held.revision and w.state = 'ACTIVE'`;
const columnsOf = (all: readonly Held[]): readonly unknown[] => [
  all.map(({ endpoint }) => endpoint.id),
  all.map(({ epoch }) => epoch),
  all.map(({ revision }) => revision),
];

/** Keeps a delivery in place of the oldest one; its values begin at the parameter. */
function noted(kept: string, first: number): string {
  const value = (place: number, type: string): string => `$${first + place}::${type}`;
  return `noted as (
    insert into events_delivery (webhook_id, slot, number, message_id, position, at, took, status, problem)
    select id, attempts % ${attemptsKept}, attempts, ${value(0, 'text')}, ${value(1, 'bigint')}, ${value(2, 'timestamptz')},
      ${value(3, 'int')}, ${value(4, 'int')}, ${value(5, 'text')} from ${kept}
    on conflict (webhook_id, slot) do update set
      (number, message_id, position, at, took, status, problem) =
      (excluded.number, excluded.message_id, excluded.position, excluded.at, excluded.took, excluded.status, excluded.problem)
  )`;
}

const valuesOf = ({ messageId, position, at, took, status, problem }: Delivery): readonly unknown[] => [
  ...[messageId, position, at, took, status, problem],
];
