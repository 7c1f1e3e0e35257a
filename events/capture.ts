import type { Queryable } from '../runtime/db/index.ts';
import type { Draft } from './change.ts';

/**
 * Puts drafts into the outbox, in the transaction of whatever they tell of: they are sequenced when it has committed, and
 * gone with it otherwise. Drafts of one record must be captured by transactions that follow each other.
 */
export async function captureInto(tx: Queryable, drafts: readonly Draft[]): Promise<void> {
  if (drafts.length === 0) return;
  await tx.query(
    `insert into events_outbox (draft)
     select d.draft from jsonb_array_elements($1::jsonb) with ordinality d (draft, n) order by d.n`,
    [JSON.stringify(drafts)],
  );
}

/** A record as it is, to be known without being told. */
export type Baseline = Pick<Draft, 'entityId' | 'system' | 'key' | 'version'> & {
  readonly fingerprints: NonNullable<Draft['fingerprints']>;
};

/**
 * Remembers records as already seen, so that their next change is told as exactly what changed, instead of as a record
 * that was not there before. Records that are known already stay as they were seen; gives the others.
 */
export async function baselineInto(
  tx: Queryable,
  records: readonly Baseline[],
): Promise<readonly Pick<Draft, 'system' | 'key'>[]> {
  if (records.length === 0) return [];
  return tx.query(
    `insert into events_seen (system, key, entity_id, version, told_version, fingerprints)
     select r.system, r.key, r."entityId", r.version, r.version, r.fingerprints
     from jsonb_to_recordset($1::jsonb)
       as r (system text, key text, "entityId" uuid, version text, fingerprints jsonb)
     on conflict (system, key) do nothing
     returning system, key`,
    [JSON.stringify(records)],
  );
}
