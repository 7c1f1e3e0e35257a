import type { Identity } from '../../identity/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import type { Distribution } from '../../runtime/telemetry.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import { openByAge } from '../../steward/index.ts';
import { driftFound } from '../drift/found.ts';
import type { Figures } from './figures.ts';

/** Reads all figures; each is one statement, whose cost does not grow with what is over. */
export async function figuresIn(
  db: Db,
  { avoided }: Pick<Identity, 'avoided'>,
): Promise<Omit<Figures, 'asOf'>> {
  const [pending, writes, workItemsOpen, found, billable, oldest, drift] = await Promise.all([
    pendingErp(db),
    tallied(db),
    openByAge(db),
    avoided.counts(),
    timesToBillable(db),
    oldestPending(db),
    driftFound(db),
  ]);
  const { firstAttempt, laterAttempt, notConfirmed, taxProfileFailed } = writes;
  return {
    customersPendingErpCreation: pending,
    taxProfileUpdatesFailed: taxProfileFailed,
    workItemsOpen,
    duplicatesAvoided: { byMatcher: found.MATCHER, byPerson: found.PERSON },
    creationToBillable: billable,
    oldestPendingWrites: oldest,
    driftFound: drift,
    writesSettled: { firstAttempt, laterAttempt, notConfirmed },
  };
}

/** The stages up to the one that makes the ERP's record: it is over once the record is there. */
async function pendingErp(db: Db): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*)::int as count from coordination_workflow
     where kind = 'ONBOARDING' and state in ('RUNNING', 'PARKED')
       and stage in ('READING', 'FIELDS', 'DUPLICATES', 'ENRICHMENT', 'APPROVAL', 'CRM_ACCOUNT', 'ERP_CUSTOMER')`,
  );
  return row?.count ?? 0;
}

interface Tallied {
  readonly firstAttempt: number;
  readonly laterAttempt: number;
  readonly notConfirmed: number;
  readonly taxProfileFailed: number;
}

async function tallied(db: Db): Promise<Tallied> {
  const [row] = await db.query<Tallied>(
    `select coalesce(sum(first_attempt), 0)::float8 as "firstAttempt",
       coalesce(sum(later_attempt), 0)::float8 as "laterAttempt",
       coalesce(sum(not_confirmed), 0)::float8 as "notConfirmed",
       coalesce(sum(tax_profile_failed), 0)::float8 as "taxProfileFailed"
     from coordination_tally`,
  );
  if (!row) throw new Error('a statement that gives one row gave none');
  return row;
}

async function timesToBillable(db: Db): Promise<Distribution> {
  const rows = await db.query<{ upTo: number; count: number; seconds: number }>(
    `select up_to as "upTo", (sum(customers) over (order by up_to))::float8 as count, seconds
     from coordination_billable order by up_to`,
  );
  return {
    buckets: rows.map(({ upTo, count }) => ({ upTo, count })),
    sum: rows.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

async function oldestPending(
  db: Db,
): Promise<readonly { readonly system: SystemName; readonly seconds: number }[]> {
  return db.query<{ system: SystemName; seconds: number }>(
    `select system, extract(epoch from clock_timestamp() - min(w.accepted_at))::float8 as seconds
     from coordination_write w cross join lateral unnest(w.systems) systems (system)
     where w.state in ('PENDING', 'RUNNING', 'COMPENSATING') group by 1 order by 1`,
  );
}
