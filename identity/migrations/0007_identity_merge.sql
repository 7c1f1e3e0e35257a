-- A customer that is merged into another keeps its id, which leads to the other for ever. Its records go to the survivor:
-- the row of each is closed and another one opened that says where the record is at home, so that it finds its way back
-- whatever was merged since. Null: it is at home where it is.
alter table identity_crosswalk
  add column home uuid,
  -- Since when the record is known, through all merges; null: since the row is valid.
  add column since timestamptz;

create index identity_customer_by_survivor on identity_customer (merged_into) where merged_into is not null;

-- Which customer was merged into which, and what of the survivor cannot be found out from its records any more.
create table identity_merge (
  -- That of the workflow.
  id uuid primary key,
  other_id uuid not null,
  survivor_id uuid not null,
  merged_at timestamptz not null default now(),
  -- Match keys of the survivor as they were: what no record of its own states is put back from here.
  kept jsonb not null,
  unmerged_at timestamptz,
  -- The workflow that has taken them apart.
  unmerged_by uuid
);
create unique index identity_merge_open on identity_merge (other_id) where unmerged_at is null;
create index identity_merge_by_survivor on identity_merge (survivor_id, merged_at);
create index identity_merge_by_undoing on identity_merge (unmerged_by) where unmerged_by is not null;
