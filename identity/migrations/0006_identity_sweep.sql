-- The sweep over all customers: how far it is, what it has found so far, and who goes on with it.
create table identity_sweep (
  single boolean primary key default true check (single),
  -- Number of the sweep that runs, or of the last one.
  sweep int not null default 0,
  -- The last block that it has been through; null where none runs.
  place int8,
  running boolean not null default false,
  started_at timestamptz,
  ended_at timestamptz,
  -- Entries of identity_block: so many there were when it began, and so many it has been through.
  total int8 not null default 0,
  walked int8 not null default 0,
  -- Pairs of customers that were compared; one that is in two blocks counts twice.
  compared int8 not null default 0,
  held_by uuid,
  held_until timestamptz
);
insert into identity_sweep default values;

-- Pairs of customers that a sweep found to be one, or to be decided by a person. Those that the next sweep does not find
-- any more go at its end.
create table identity_duplicate (
  lower uuid not null,
  higher uuid not null check (lower < higher),
  verdict text not null check (verdict in ('SAME', 'ASK')),
  score float8 not null,
  -- As `Reason` has them.
  reasons jsonb not null,
  sweep int not null,
  found_at timestamptz not null default now(),
  primary key (lower, higher)
);
create index identity_duplicate_by_score on identity_duplicate (score desc, lower, higher);
